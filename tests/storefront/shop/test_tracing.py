"""The page behind the QR on a jar: who, where, when; never who bought it or how many there are."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.lots.models import Lot
from catalogue.lots.operations import decide
from fulfilment.documents.codes import qr
from fulfilment.papers.lot_label import data_of, trace_url
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.recalls import call_back, pack
from tests.factories.receiving import make_hub
from tests.support.papers import holds_qr, pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot():
    record = make_stockrecord(
        in_stock=0,
        product=make_product("Miel de thym", date_type="DLC", labels=["BIO"]),
        cooperative=make_cooperative(labels=["FAIR"]),
    )
    return make_lot(record, 7, number="L26-7", best_before=date(2027, 5, 4)).lot


def address(number, language="en"):
    with translation.override(language):
        return reverse("trace", args=[number])


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Use by", "Organic farming")), ("fr", ("L26-7", "Miel de thym")), ("ar", ("L26-7",))],
)
def test_it_tells_where_a_jar_comes_from_in_each_language(client, lot, language, words):
    page = client.get(address("L26-7", language))

    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"]) == (200, "private, max-age=60")
    for word in (*words, lot.stockrecord.partner.name, lot.stockrecord.product.origin.name, "2027"):
        assert word in text
    assert lot.stockrecord.product.get_absolute_url()[3:] in text


def test_the_address_without_a_language_leads_to_the_reader_s(client, lot):
    answer = client.get("/trace/L26-7/", headers={"accept-language": "fr"})

    assert (answer.status_code, answer.url) == (302, "/fr/trace/L26-7/")
    assert trace_url("L 26/7").endswith("/trace/L%2026%2F7/")


def test_it_tells_nothing_of_buyers_or_of_how_many_there_are(client, lot):
    order = make_held_order((lot.stockrecord, 5), buyer_name="Fatima Secret")
    move_to(open_parcels(order)[0], "DELIVERED")
    call_back("L26-7")

    text = client.get(address("L26-7")).content.decode()

    for secret in (
        "Fatima",
        order.number,
        order.phone[4:],
        "fatima@example.com",
        lot.stockrecord.partner.bank_accounts.get().rib,
    ):
        assert secret not in text


@pytest.mark.parametrize(("language", "said"), [("en", "called back"), ("fr", "Ne pas ouvrir"), ("ar", "لا تفتحوه")])
def test_a_recalled_lot_says_so_and_what_to_do_and_is_not_offered(client, lot, language, said):
    call_back("L26-7", words={"fr": "Ne pas ouvrir", "ar": "لا تفتحوه", "en": "Do not open"})

    text = client.get(address("L26-7", language)).content.decode()

    assert "notice--error" in text
    assert said in text
    assert f'class="button" href="{lot.stockrecord.product.get_absolute_url()}"' not in text


def test_a_lot_recalled_without_more_says_so_too(client, lot):
    decide(lot=lot, state="RECALLED", reason="authority", now=timezone.now())

    assert "do not eat or use it" in client.get(address("L26-7")).content.decode()


def test_what_is_over_says_so(client, lot, clock):
    clock.move_to("2027-05-05T12:00Z")

    assert "The date on this lot is over." in client.get(address("L26-7")).content.decode()


@pytest.mark.parametrize("number", ["NOBODY", "L26-7/", "x" * 200, "%22%3E", "../etc"])
def test_an_unknown_number_is_told_kindly(client, lot, number):
    answer = client.get(address("A").replace("/A/", f"/{number}/"))

    assert answer.status_code == 404
    assert lot.stockrecord.partner.name not in answer.content.decode()


def test_what_was_never_released_is_not_known_yet(client, lot):
    Lot.objects.filter(pk=lot.pk).update(state="AWAITING")

    answer = client.get(address("L26-7"))
    assert answer.status_code == 404
    assert "We know no lot of this number" in answer.content.decode()


def test_a_hamper_names_the_lots_in_it(client, lot):
    hub = make_hub()
    make_lot(lot.stockrecord, 3, place=hub, number="L26-HUB")
    packed = pack(hub, lot.stockrecord)

    assert address("L26-HUB") in client.get(address(packed.number)).content.decode()


def test_it_takes_few_queries(client, lot, django_assert_max_num_queries):
    call_back("L26-7")
    client.get(address("L26-7"))

    with django_assert_max_num_queries(6):
        client.get(address("L26-7"))


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_label_carries_the_address_as_a_code(lot, language):
    data = data_of(Lot.objects.select_related("stockrecord__product", "stockrecord__partner").get(), 25, language)

    sheets = pages("lot_labels", data | {"qr": qr(trace_url(lot.number))})

    assert len(sheets) == 2
    assert holds_qr(sheets[0], trace_url(lot.number), 24)
