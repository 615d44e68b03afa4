"""Counting a parcel by scan or by typing, and closing it; handing it over alone makes a manifest too."""

import re

import pytest
from django.utils import timezone

from catalogue.lots.models import LotStock
from fulfilment.orders.allocating.models import Allocation
from fulfilment.papers.models import Manifest
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import PackingCheck
from fulfilment.warehouse.packing import operations
from fulfilment.warehouse.packing.queries import items_of
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord
from tests.factories.drivers import make_courier
from tests.factories.parcels import make_held_order, move_to, open_parcels, packing_form
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def logistics(client):
    return sign_in(client, make_staff("logistics"))


@pytest.fixture
def parcel():
    """Two bottles of oil and one of honey."""
    cooperative = make_cooperative()
    oil = make_stockrecord(cooperative=cooperative, product=make_product("Huile", net_weight_g=400))
    honey = make_stockrecord(cooperative=cooperative, product=make_product("Miel", net_weight_g=400))
    return move_to(open_parcels(make_held_order((oil, 2), (honey, 1)))[0], "PICKED")


def page_of(parcel):
    return english("packing", parcel.reference)


def scan(client, parcel, code, **counted):
    data = {"step": "scan", "code": code, "weight_g": "", "boxes": "1"} | counted
    return client.post(page_of(parcel), data)


def counts_in(answer):
    found = re.findall(r'name="count_(\d+)"(?: value="(\d*)")?', answer.content.decode())
    return [int(value or 0) for _line, value in found]


def test_each_scan_counts_one_by_lot_ean_or_reference_and_is_offered_the_next(logistics, parcel):
    oil, honey = items_of(parcel.pk)
    product = parcel.lines.order_by("pk")[0].order_line.product
    answer = scan(logistics, parcel, product.upc)
    first = counts_in(answer)
    answer = scan(logistics, parcel, oil.lots[0].number.lower(), **{f"count_{oil.line}": first[0]})
    second = counts_in(answer)
    answer = scan(logistics, parcel, honey.sku, **{f"count_{oil.line}": second[0]})

    assert (first, second, counts_in(answer)) == ([1, 0], [2, 0], [2, 1])
    assert 'name="code" value' not in answer.content.decode()
    assert PackingCheck.objects.count() == 0


def test_a_piece_too_many_is_said_and_not_counted(logistics, parcel):
    oil, honey = items_of(parcel.pk)

    answer = scan(logistics, parcel, honey.sku, **{f"count_{honey.line}": 1, f"count_{oil.line}": 1})

    assert (answer.status_code, counts_in(answer)) == (422, [1, 1])
    assert "only" in answer.content.decode()


def test_what_is_not_in_this_parcel_is_named_for_what_it_is(logistics, parcel):
    other = open_parcels(make_held_order((make_stockrecord(product=make_product("Safran")), 1)))[0]
    lot = Allocation.objects.get(line__consignment_line__consignment=other).stock.lot

    said = {
        code: scan(logistics, parcel, code)
        for code in (other.reference, other.order.number, lot.number, parcel.reference, "8 888", "x" * 300)
    }

    assert {answer.status_code for answer in said.values()} == {422}
    words = [re.sub(r"<[^>]+>", "", answer.content.decode()) for answer in said.values()]
    for text, expected in zip(
        words,
        [
            "is the label of parcel",
            "is the label of parcel",
            "does not belong in this parcel",
            "own label",
            "No goods bear",
            "No goods bear",
        ],
        strict=True,
    ):
        assert expected in text
    assert all(counts_in(answer) == [0, 0] for answer in said.values())


def test_a_parcel_counted_and_weighed_is_closed_and_its_page_says_by_whom(logistics, parcel):
    answer = logistics.post(page_of(parcel), packing_form(parcel, weight_g="١٤٠٠", boxes="2"), follow=True)

    check = PackingCheck.objects.get()
    parcel.refresh_from_db()
    assert (parcel.state, check.weight_g, check.boxes, check.pieces) == ("PACKED", 1400, 2, 3)
    assert answer.redirect_chain[-1][0] == english("consignment", parcel.reference)
    assert "Counted and closed" in answer.content.decode()


def test_counts_that_differ_are_named_and_what_was_typed_stays(logistics, parcel):
    oil, _honey = items_of(parcel.pk)

    answer = logistics.post(page_of(parcel), packing_form(parcel, **{f"count_{oil.line}": 1}))

    text = re.sub(r"<[^>]+>", "", answer.content.decode())
    assert (answer.status_code, counts_in(answer)) == (422, [1, 1])
    assert "Huile: 2 expected, 1 counted" in text.replace("\u2068", "").replace("\u2069", "")
    assert "Miel: " not in text
    assert PackingCheck.objects.count() == 0


def test_an_odd_weight_asks_for_a_tick(logistics, parcel):
    form = packing_form(parcel, weight_g=14)
    first = logistics.post(page_of(parcel), form)
    logistics.post(page_of(parcel), form | {"confirmed": "on"})

    assert first.status_code == 422
    assert 'name="confirmed"' in first.content.decode()
    assert PackingCheck.objects.get().confirmed


@pytest.mark.parametrize(
    "changes",
    [{"weight_g": ""}, {"weight_g": "0"}, {"weight_g": "-5"}, {"weight_g": "1e9"}, {"boxes": "0"}, {"boxes": "999"}],
)
def test_no_weight_or_a_strange_one_closes_nothing(logistics, parcel, changes):
    answer = logistics.post(page_of(parcel), packing_form(parcel, **changes))

    parcel.refresh_from_db()
    assert (answer.status_code, parcel.state) == (422, "PICKED")


@pytest.mark.parametrize("typed", ["-1", "1e9", "999999999", "x"])
def test_a_count_that_is_no_number_of_pieces_is_refused(logistics, parcel, typed):
    line = items_of(parcel.pk)[0].line

    for step in ("scan", "close"):
        answer = logistics.post(page_of(parcel), packing_form(parcel, step=step, **{f"count_{line}": typed}))
        assert answer.status_code == 422
    assert PackingCheck.objects.count() == 0


def test_the_generic_button_leads_to_the_count_and_closes_nothing(logistics, parcel):
    answer = logistics.post(english("move", parcel.reference), {"step": "pack"})

    parcel.refresh_from_db()
    assert (answer.url, parcel.state) == (page_of(parcel), "PICKED")


def test_whoever_comes_second_is_told_who_closed_it(logistics, parcel):
    form, colleague = packing_form(parcel), make_staff("logistics")
    counted = {item.line: item.quantity for item in items_of(parcel.pk)}
    operations.close_parcel(
        consignment_id=parcel.pk, counted=counted, weight_g=1400, boxes=1, by=colleague, now=timezone.now()
    )

    answer = logistics.post(page_of(parcel), form, follow=True)

    assert f"counted and closed by {colleague}" in answer.content.decode()
    assert PackingCheck.objects.get().checked_by == colleague


def test_a_parcel_that_is_not_picked_is_not_counted(logistics):
    (parcel,) = open_parcels(make_held_order((make_stockrecord(), 1)))

    assert "so it cannot become" in logistics.get(page_of(parcel), follow=True).content.decode()
    assert logistics.get(english("packing", "NONE")).status_code == 404


def test_pieces_that_are_not_kept_keep_a_parcel_here_with_the_reason(logistics, parcel):
    Allocation.objects.filter(line=items_of(parcel.pk)[1].line).update(state="RELEASED")

    answer = logistics.post(page_of(parcel), packing_form(parcel), follow=True)

    parcel.refresh_from_db()
    assert parcel.state == "PICKED"
    assert "are kept for it" in answer.content.decode()


@pytest.mark.parametrize(("group", "status"), [("support", 403), ("logistics", 200), ("finance", 403)])
def test_each_group_counts_by_right(client, parcel, group, status):
    sign_in(client, make_staff(group))

    assert client.get(page_of(parcel)).status_code == status


def test_a_parcel_handed_over_alone_has_a_manifest_of_its_own(logistics, parcel):
    courier = make_courier()
    move_to(parcel, "PACKED")

    answer = logistics.post(
        english("move", parcel.reference), {"step": "hand_over", "courier": courier.pk}, follow=True
    )
    again = logistics.post(english("move", parcel.reference), {"step": "hand_over", "courier": courier.pk}, follow=True)

    manifest = Manifest.objects.get()
    parcel.refresh_from_db()
    assert (parcel.state, manifest.courier, manifest.lines.get().consignment) == ("HANDED_OVER", courier, parcel)
    assert all(manifest.number in page.content.decode() for page in (answer, again))


def test_without_a_courier_nothing_is_handed_over_and_the_page_says_why(logistics, parcel):
    move_to(parcel, "PACKED")
    Courier.objects.update(is_active=False)

    answer = logistics.post(english("move", parcel.reference), {"step": "hand_over"}, follow=True)

    parcel.refresh_from_db()
    assert (parcel.state, Manifest.objects.count()) == ("PACKED", 0)
    assert "choose on its page which courier" in answer.content.decode()


def test_what_is_missing_is_said_on_the_parcels_page_once(logistics):
    record = make_stockrecord(in_stock=3)
    (parcel,) = open_parcels(make_held_order((record, 2), (make_stockrecord(cooperative=record.partner), 1)))
    page = logistics.get(english("consignment", parcel.reference)).content.decode()
    kept = re.search(r'<option value="(\d+-\d+-2)"', page)[1]
    form = {"kept": kept, "missing": "1", "reason": "not_found"}

    logistics.post(english("report-missing", parcel.reference), form)
    again = logistics.post(english("report-missing", parcel.reference), form, follow=True)

    stock = LotStock.objects.get(lot__stockrecord=record)
    assert stock.on_hand == 2
    assert "nothing was written" in again.content.decode()


@pytest.mark.parametrize("missing", ["0", "-1", "1000000000", "x", "3"])
def test_a_strange_number_of_missing_pieces_is_refused(logistics, missing):
    record = make_stockrecord(in_stock=3)
    (parcel,) = open_parcels(make_held_order((record, 2)))
    kept = Allocation.objects.get()
    form = {"kept": f"{kept.line_id}-{kept.stock_id}-2", "missing": missing, "reason": "not_found"}

    answer = logistics.post(english("report-missing", parcel.reference), form)

    record.refresh_from_db()
    assert (answer.status_code, record.num_in_stock) == (302, 3)
