"""Labels and slips: what they say and never say, in whose language, made once, and again only for what changed."""

import json
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.products.models import Product
from fulfilment.orders.models import Order
from fulfilment.papers import operations, queries, slip
from fulfilment.papers.label import label_of
from fulfilment.papers.models import ParcelPaper
from fulfilment.papers.slip import slip_of
from fulfilment.shipping.models import Courier
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.queries import LotPieces
from tests.factories.labels import ARABIC, GIFT, driver_address, make_parcel
from tests.factories.parcels import move_to
from tests.support.papers import bars_on, holds_qr, pages, words_in

pytestmark = pytest.mark.django_db
CONTENT = {"label": label_of, "slip": slip_of}
NEVER = ("612345678", "698765432", "6 12 34 56 78", "6 98 76 54 32", "fatima@example.com", "DH", "درهم", "MAD")


@pytest.fixture(autouse=True)
def address_of_driver(settings):
    settings.PARCEL_URL = "tests.factories.labels.driver_address"


def made(parcel, kind="label"):
    return operations.make_paper(consignment_id=parcel.pk, kind=kind, now=timezone.now())


def said(parcel, kind="label"):
    return CONTENT[kind](queries.parcel(parcel.pk))


def texts(content):
    """Return every text on a paper, without codes, whose content no eye reads."""
    if isinstance(content, dict):
        return [text for name, value in content.items() if name not in ("codes", "dir") for text in texts(value)]
    if isinstance(content, list):
        return [text for value in content for text in texts(value)]
    return [content] if isinstance(content, str) else []


def drawn(parcel, kind):
    return pages(kind, operations._drawn(said(parcel, kind)))


def test_a_label_says_where_it_goes_from_whom_and_what_to_mind():
    parcel = make_parcel(2, address=ARABIC, language="ar")
    Product.objects.update(fragile=True, cold_chain=True, gross_weight_g=450)

    label = said(parcel)

    assert (label["dir"], label["to"]["name"], label["to"]["town"]["text"]) == (
        "rtl",
        {"text": ARABIC["last_name"], "dir": "rtl"},
        ARABIC["line4"],
    )
    assert [line["text"] for line in label["to"]["lines"]] == [ARABIC["line1"], ARABIC["locality"]]
    assert label["to"]["landmark"]["text"] == ARABIC["landmark"]
    assert label["origin"][0]["text"] == parcel.origin.name
    assert [mark["icon"] for mark in label["marks"]] == ["fragile", "cold", "cash"]
    assert label["facts"][0]["value"]["text"] == "1,8\u00a0كلغ"
    assert (label["reference"]["text"], label["order"]["text"]) == (parcel.reference, parcel.order.number)


@pytest.mark.parametrize("kind", ["label", "slip"])
@pytest.mark.parametrize("fields", [{"shipping": "35.00"}, GIFT | {"shipping": "35.00"}])
def test_no_paper_in_or_on_a_parcel_names_a_phone_a_mail_or_an_amount(kind, fields):
    parcel = make_parcel(2, **fields)
    order = parcel.order
    amounts = {str(order.total_incl_tax), "35.00", *(str(line.unit_price_incl_tax) for line in order.lines.all())}
    amounts |= {amount.replace(".", ",") for amount in amounts}

    words = " ".join(texts(said(parcel, kind)))

    assert [never for never in (*NEVER, *amounts) if never in words] == []


def test_a_gifts_slip_carries_the_payers_words_in_the_recipients_language():
    parcel = make_parcel(**GIFT)

    content = said(parcel, "slip")

    assert (content["language"], content["dir"]) == ("ar", "rtl")
    assert content["gift"]["message"] == {"text": GIFT["gift_message"], "dir": "rtl"}
    assert "Fatima Zahra" in content["gift"]["from"]["text"]
    assert len(content["back"]) == 1
    assert "Fatima Zahra" in content["back"][0]["text"]
    assert [mark["icon"] for mark in said(parcel)["marks"]] == []


def test_a_buyers_own_slip_tells_how_to_send_things_back(settings):
    content = said(make_parcel(), "slip")

    back = " ".join(line["text"] for line in content["back"])
    assert content["gift"] is None
    assert settings.SHOP_RETURN_ADDRESS in back
    assert "/fr/orders/find/" in back


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_codes_of_a_label_open_the_drivers_page_and_name_the_parcel(language):
    parcel = make_parcel(language=language)

    (page,) = drawn(parcel, "label")

    assert bars_on(page) == {parcel.reference}
    assert holds_qr(page, driver_address(parcel), 32)
    assert not holds_qr(page, driver_address(parcel) + "x", 32)


def test_without_a_drivers_page_the_qr_holds_the_reference(settings):
    settings.PARCEL_URL = ""
    parcel = make_parcel()

    assert said(parcel)["codes"]["qr"] == parcel.reference


def test_a_label_is_one_page_whatever_stands_on_it():
    long = {"last_name": ARABIC["last_name"] * 6, "line1": "شارع محمد الخامس " * 12, "landmark": "قرب المسجد " * 17}

    (page,) = drawn(make_parcel(address=ARABIC | long, language="ar"), "label")

    assert len(bars_on(page)) == 1


def test_a_paid_parcel_with_nothing_to_mind_has_a_label_too():
    parcel = make_parcel(method="card", status=Order.Status.PAID)

    assert said(parcel)["marks"] == []
    assert len(drawn(parcel, "label")) == 1


def test_forty_lines_of_a_slip_go_over_pages():
    parcel = make_parcel(40)

    sheets = drawn(parcel, "slip")

    assert (len(said(parcel, "slip")["rows"]), len(sheets) >= 2) == (40, True)
    assert bars_on(sheets[0]) == {parcel.reference}


@pytest.mark.parametrize(("language", "order"), [("ar", "الطلبية"), ("fr", "Commande")])
def test_the_pdf_has_its_words_in_both_directions(language, order):
    parcel = make_parcel(language=language, address={"line1": "12 rue du Four", "landmark": "حانوت"})

    words = words_in(bytes(made(parcel).pdf))

    expected = [parcel.reference, "12 rue du Four", parcel.origin.name, "حانوت", order]
    assert [text for text in expected if text not in words] == []


def test_papers_are_made_by_a_job_when_a_parcel_is_opened_and_kept(run_jobs):
    parcel = make_parcel()

    run_jobs()

    papers = ParcelPaper.objects.filter(consignment=parcel)
    assert [(paper.kind, paper.version, paper.language) for paper in papers] == [("label", 1, "fr"), ("slip", 1, "fr")]
    assert made(parcel) == papers[0]
    assert made(parcel, "slip") == papers[1]
    assert [name for name, rows in violations() if rows] == []


def test_what_changed_before_the_parcel_is_closed_is_another_version(monkeypatch, run_jobs):
    parcel = make_parcel()
    old = made(parcel, "slip")
    line = parcel.lines.get().order_line_id
    lots = {line: (LotPieces("ARG-2611-07", 2),)}
    monkeypatch.setattr(slip, "lots_of", lambda parcel: lots)

    new = made(parcel, "slip")
    move_to(parcel, "PACKED")
    monkeypatch.setattr(slip, "lots_of", lambda parcel: {})

    assert made(parcel, "slip") == new
    assert [paper.version for paper in ParcelPaper.objects.filter(kind="slip")] == [1, 2]
    assert bytes(ParcelPaper.objects.get(pk=old.pk).pdf) == bytes(old.pdf)


def test_lots_have_their_column_where_they_are_known(monkeypatch):
    parcel = make_parcel()
    line = parcel.lines.get().order_line_id
    lots = {line: (LotPieces("ARG-2611-07", 1), LotPieces("ARG-2610-31", 1))}
    monkeypatch.setattr(slip, "lots_of", lambda parcel: lots)

    content = said(parcel, "slip")

    assert len(content["columns"]) == 3
    assert [lot["text"] for lot in content["rows"][0]["lots"]] == ["ARG-2611-07 × 1", "ARG-2610-31 × 1"]
    assert len(pages("slip", operations._drawn(content))) == 1


def test_a_label_learns_its_courier_when_handed_over_and_then_stays(run_jobs):
    courier = Courier.objects.create(name="Atlas Messagerie", kind="partner")
    parcel = make_parcel()
    run_jobs()
    move_to(parcel, "PACKED")
    warehouse.hand_over(consignment_id=parcel.pk, courier_id=courier.pk, by=None, now=timezone.now())
    run_jobs()
    labels = ParcelPaper.objects.filter(kind="label")
    assert [paper.version for paper in labels] == [1, 2]

    move_to(parcel, "DELIVERED")
    Courier.objects.update(name="Renamed")

    assert made(parcel) == labels[1]


def test_a_label_whose_qr_grows_old_is_drawn_anew_while_the_parcel_is_here(clock):
    parcel = make_parcel()
    old, slip_of_old = made(parcel), made(parcel, "slip")
    clock.shift(19 * 86_400)
    assert made(parcel) == old

    clock.shift(2 * 86_400)

    assert (made(parcel).version, made(parcel).version) == (2, 2)
    assert made(parcel, "slip") == slip_of_old


def test_a_parcel_that_was_called_off_has_no_paper(run_jobs):
    parcel = make_parcel()
    warehouse.cancel_for_order(order_id=parcel.order_id, now=timezone.now())

    with pytest.raises(operations.NothingToSend):
        made(parcel)
    run_jobs()

    assert not ParcelPaper.objects.exists()


def test_a_parcel_abroad_names_its_country_and_bears_no_mark_of_cash():
    parcel = make_parcel(
        destination="FR", currency="EUR", method="card", address={"line4": "Lyon", "postcode": "69001"}
    )

    label = said(parcel)

    assert label["to"]["region"]["text"].endswith("France")
    assert "69001" in label["to"]["region"]["text"]
    assert label["marks"] == []


def test_papers_of_a_parcel_of_one_line_and_of_three_ask_the_same_number_of_questions(django_assert_num_queries):
    for number in (1, 3):
        parcel = make_parcel(number)
        for kind in CONTENT:
            made(parcel, kind)
        with django_assert_num_queries(4):  # the parcel, its lines, its latest label, which of how many
            made(parcel)
        with django_assert_num_queries(4):  # and its lots
            made(parcel, "slip")


def test_the_same_words_give_the_same_hash(clock):
    parcel = make_parcel()
    first = json.dumps(said(parcel), sort_keys=True)
    clock.shift(86_400)

    assert json.dumps(said(parcel), sort_keys=True) == first
    assert said(parcel)["date"] == [*date(2026, 11, 20).timetuple()[:3]]


def test_the_database_refuses_to_change_or_delete_a_paper():
    made(make_parcel())

    for statement in ("UPDATE papers_parcelpaper SET sha256 = 'x'", "DELETE FROM papers_parcelpaper"):
        with pytest.raises(Exception, match=r"written once|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
    assert Order.objects.count() == 1
