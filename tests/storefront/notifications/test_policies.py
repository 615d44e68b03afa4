"""How long an SMS is: counted as telephones count, and never more than three parts whatever people are called."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel import formats
from fulfilment.complaints.models import Complaint
from fulfilment.orders.links import missing_url
from fulfilment.payments.models import Refund
from storefront.notifications import complaints, recipients, withdrawals
from storefront.notifications.letters import order_letter
from storefront.notifications.policies import ALSO_BY_SMS, MOST_SEGMENTS, OPTIONAL, plain, segments, short
from storefront.notifications.words import WORDS
from tests.factories.complaints import report
from tests.factories.parcels import make_held_order
from tests.factories.withdrawals import declare, make_delivered_order

LONG = {
    "ar": "فاطمة الزهراء بنت عبد القادر " * 6,
    "fr": "Fatima-Zahra Benabdelkrim El Ouazzani " * 5,
    "en": "Ámina " * 33,
}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("ê" * 71, 2),
        ("و" * 70, 1),
        ("و" * 71, 2),
        ("و" * 134, 2),
        ("و" * 135, 3),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_a_telephone_counts_them(text, parts):
    assert segments(text) == parts


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Vous payez 240,00\u00a0DH\u202f: prêt\u00a0!", "Vous payez 240,00 DH : pret !"),
        ("Sœur d’Agadir, déjà payé", "Soeur d'Agadir, déjà payé"),
        ("طلبيتكم وصلت", "طلبيتكم وصلت"),
        ("Le livreur cherche فاطمة, prêt", "Le livreur cherche فاطمة, prêt"),
    ],
)
def test_an_odd_sign_is_written_plainly_where_that_makes_it_cheaper(text, written):
    assert plain(text) == written


def test_the_longest_name_gives_way_and_the_address_never():
    url = "https://biladalkhair.example/ar/orders/AAAAAAAAAA/?k=" + "0" * 24
    text = short("طرد من %(payer)s إلى %(recipient)s. %(url)s", {"payer": LONG["ar"], "recipient": "ليلى", "url": url})

    assert (segments(text), text.endswith(url), "إلى ليلى" in text) == (MOST_SEGMENTS, True, True)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_message_fits_three_parts_with_the_longest_values(settings, language):
    settings.BASE_URL = "https://www.biladalkhair.example"
    name, now = LONG[language][:150].strip(), timezone.now()
    order = make_held_order(
        language=language,
        currency="EUR",
        destination="FR",
        buyer_name=name,
        recipient_name=name,
        recipient_phone="+212623456789",
        recipient_language=language,
        reserved_until=now,
        phone="+33612345678",
    )
    refund = Refund(amount=Decimal("123456.78"), currency="EUR")
    more = {"parcel": f"{order.number}-2", "seller": name, "what": name, "due": "123 456,78 €", "reference": "x" * 13}
    more |= {
        "missing": "100 000",
        "goods": name,
        "until": formats.moment(now, language),
    }
    more |= {"shop": name, "code": "123456", "kept_until": formats.moment(now, language)}

    question = {"url": missing_url(order, 10**6)}
    told = {kind: more | question if kind == "line_short" else more for kind in WORDS}
    texts = {kind: order_letter(order, kind, refund, facts).sms for kind, facts in told.items()}
    order.events.create(kind="paid", at=now)
    texts |= {f"to {kind}": recipients.recipient_sms(order, kind, Decimal("1234.50")) for kind in recipients.WORDS}
    arrived = make_delivered_order(language=language, buyer_name=name)
    withdrawal = declare(arrived, name=name)
    withdrawal.rejection = "OTHER_GOODS"
    texts |= {kind: withdrawals.withdrawal_letter(withdrawal, kind).sms for kind in withdrawals.WORDS}
    second = make_delivered_order(language=language, buyer_name=name)
    complaint = report(second, 2)
    texts |= {kind: complaints.complaint_letter(complaint, kind).sms for kind in complaints.WORDS}

    assert {kind: text for kind, text in texts.items() if segments(text) > MOST_SEGMENTS} == {}
    assert Complaint.objects.count() == 1
    assert all("https://www.biladalkhair.example/" in text for text in texts.values())


def test_the_tables_name_messages_that_there_are():
    names = set(WORDS) | set(complaints.WORDS)

    assert {*ALSO_BY_SMS, *OPTIONAL} - names == set()
