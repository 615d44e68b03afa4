from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import events, formats
from fulfilment.orders import operations as orders
from fulfilment.orders import signals
from fulfilment.orders.links import key_for
from fulfilment.orders.queries import breakdown_of, frozen_lines
from fulfilment.payments.models import Refund
from storefront.notifications import operations
from storefront.notifications.gateways import MemorySms
from storefront.notifications.letters import order_letter
from storefront.notifications.models import Message
from storefront.notifications.words import WORDS
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_person

OF_A_PARCEL = {"parcel": "T-1", "seller": "Tighanimine", "what": "2 × Argan", "due": "12.00 DH"}
OF_A_SHORTAGE = {"missing": "1", "goods": "Argan", "until": "12:00"}
REFUND = Refund(amount=Decimal("12.50"), currency="EUR")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sms(monkeypatch):
    monkeypatch.setattr(MemorySms, "sent", [])
    return MemorySms.sent


def confirm(**fields):
    order = make_held_order((make_stockrecord(), 2), status="PENDING_CONFIRMATION", **fields)
    orders.confirm(order_id=order.pk, now=timezone.now())
    return order


def kinds(order) -> list[str]:
    return sorted(Message.objects.filter(order=order, channel="mail").values_list("kind", flat=True))


def test_a_confirmed_order_is_told_once_by_mail_with_its_signed_address(run_jobs):
    order = confirm()

    orders.confirm(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert kinds(order) == ["order.confirmed"]
    sent = mail.outbox[0]
    assert sent.to == [order.guest_email]
    address = f"/fr/orders/{order.number}/?k={key_for(order.number)}"
    assert address in sent.body
    assert address in sent.alternatives[0].content


def test_a_guest_without_mail_is_told_by_sms_with_the_signed_address(run_jobs, sms):
    order = confirm(guest_email="", language="ar")

    run_jobs()

    assert [message.phone for message in sms] == [order.phone]
    assert f"/ar/orders/{order.number}/?k={key_for(order.number)}" in sms[0].text
    assert (mail.outbox, Message.objects.get(order=order).kind) == ([], "order.confirmed")


def test_an_account_with_an_address_is_told_there(run_jobs):
    order = confirm(guest_email="", user=make_person(email="laila@example.com"))

    run_jobs()

    assert [sent.to for sent in mail.outbox] == [["laila@example.com"]]
    assert kinds(order) == ["order.confirmed"]


def test_a_paid_order_is_told_that_its_payment_came(run_jobs):
    order = make_held_order(status="PENDING_PAYMENT", method="card")

    orders.mark_paid(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert kinds(order) == ["order.paid"]


def test_shipped_and_delivered_are_told_once_for_the_whole_order(run_jobs):
    order = make_held_order()
    first, second = open_parcels(order)
    seen = []

    for consignment, state in [
        (first, "HANDED_OVER"),
        (second, "HANDED_OVER"),
        (first, "DELIVERED"),
        (second, "DELIVERED"),
    ]:
        move_to(consignment, state)
        run_jobs()
        seen.append(kinds(order))

    assert seen == [
        ["parcel.parcel_left"],
        ["order.shipped", "parcel.parcel_left"],
        ["order.shipped", "parcel.parcel_left"],
        ["order.delivered", "order.shipped", "parcel.parcel_left"],
    ]


def test_a_cancelled_order_is_told(run_jobs):
    order = make_held_order()

    orders.cancel(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert kinds(order) == ["order.cancelled"]


def test_an_expired_order_is_told(run_jobs):
    order = make_held_order(status="PENDING_PAYMENT", method="card")

    orders.expire(order_id=order.pk, now=timezone.now())
    run_jobs()

    assert kinds(order) == ["order.expired"]


@pytest.mark.parametrize(("by_link", "told"), [(True, "order.please_confirm"), (False, "order.placed")])
def test_an_order_that_waits_for_a_yes_is_told_how_it_is_asked(run_jobs, by_link, told):
    order = make_held_order(status="PENDING_CONFIRMATION")

    events.announce(signals.confirmation_asked, order_id=order.pk, by_link=by_link)
    run_jobs()

    assert Message.objects.get(channel="sms").kind == told
    assert kinds(order) == ["order.placed"]


def test_write_order_message_twice_writes_one(run_jobs):
    order = make_held_order()

    for _ in range(2):
        operations.write_order_message(order_id=order.pk, kind="confirmed", now=timezone.now())
    run_jobs()

    assert (len(mail.outbox), Message.objects.count()) == (1, 2)


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fr", "ltr"), ("en", "ltr")])
def test_a_letter_reads_in_the_direction_of_the_orders_language(language, direction):
    html = order_letter(make_held_order(language=language), "confirmed").html

    assert f'<html lang="{language}" dir="{direction}">' in html


def test_a_latin_name_stays_whole_in_an_arabic_sentence():
    letter = order_letter(make_held_order(language="ar", buyer_name="Fatima Zahra"), "confirmed")

    assert "\u2068Fatima Zahra\u2069" in letter.html
    assert "\u2068" not in letter.sms + letter.subject


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_every_kind_is_written_whole(kind):
    order = make_held_order(language="en", currency="EUR", destination="FR", buyer_name="<b>Mina</b>")

    letter = order_letter(order, kind, REFUND, OF_A_PARCEL | OF_A_SHORTAGE | {"reference": f"{order.number}-C1"})

    assert "%(" not in letter.subject + letter.text + letter.html + letter.sms
    assert "<b>Mina" not in letter.html
    assert (order.number in letter.sms, order.number in letter.subject) == (True, True)
    assert not letter.subject.count("\n")


@pytest.mark.parametrize("kind", ["placed", "confirmed", "paid"])
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("currency", ["MAD", "EUR", "USD"])
def test_a_confirmation_says_where_the_money_goes(kind, language, currency):
    order = make_held_order(language=language, currency=currency, shipping="35.00")

    letter = order_letter(order, kind)

    rows = breakdown_of(order, frozen_lines().filter(order=order)).shares
    for share in rows:
        amount = formats.money(share.amount, currency, language)
        assert (amount in letter.text, f"<bdi>{amount}</bdi>" in letter.html) == (True, True)
    assert [share.cooperative in letter.html for share in rows if share.cooperative] == [True] * 2
    assert sum(share.amount for share in rows) == order.total_incl_tax


def test_later_letters_do_not_repeat_it():
    assert [order_letter(make_held_order(), kind).html.count('class="shares"') for kind in ("paid", "shipped")] == [
        1,
        0,
    ]


def test_the_plain_letter_aligns_the_amounts():
    letter = order_letter(make_held_order(language="en", shipping="35.00"), "confirmed")

    block = letter.text.partition("Where your money goes:\n")[2].partition("\n\n")[0].splitlines()
    assert len({len(line) for line in block}) == 1
    assert block[-1].startswith("Total")


def test_a_letter_is_written_from_the_order_s_own_rows():
    order = make_held_order(currency="EUR", language="en")
    before = order_letter(order, "paid").text

    StockRecord.objects.update(price=999, farm_gate_price=1)
    publish_prices(timezone.now())

    assert order_letter(order, "paid").text == before
