"""Papers of a parcel abroad: exact sums, the right form, made once and kept, no parcel without them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation

from catalogue.places.models import Region
from catalogue.products.models import Component, Family, Product
from fulfilment.customs import content, invariants, operations
from fulfilment.customs.layout import sheet_of
from fulfilment.customs.models import CustomsPaper
from fulfilment.orders.models import Line, Order
from fulfilment.payments import frozen
from fulfilment.shipping.models import ImportRule, Tariff
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.signals import HeldBack
from tests.factories.catalogue import make_cooperative, make_product, make_province, make_stockrecord
from tests.factories.exports import make_export_order, make_packed, make_sdr_rate, weighing
from tests.factories.offers import make_offer
from tests.factories.orders import Guest, open_deliveries, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()
    make_sdr_rate()
    with translation.override("en"):
        yield


def make(parcel, at=None):
    return operations.make_papers(consignment_id=parcel.pk, now=at or timezone.now())


def declared(parcel):
    return make(parcel)[0].content


def kinds(parcel):
    return sorted(paper.kind for paper in make(parcel))


def small_packets():
    Tariff.objects.filter(zone__code="IN-1").update(customs_form="CN22")


def broken():
    checks = (invariants.papers_are_whole, invariants.values_are_what_was_paid, invariants.papers_or_their_job)
    return [row for check in checks for row in check()]


def test_packing_has_the_papers_made_by_a_job(run_jobs):
    parcel = make_packed()
    assert broken() == []

    run_jobs()

    made = list(CustomsPaper.objects.filter(consignment=parcel))
    assert [paper.kind for paper in made] == ["CN23", "COMMERCIAL_INVOICE"]
    assert all(bytes(paper.pdf).startswith(b"%PDF-") for paper in made)
    assert broken() == []


def test_a_parcel_that_stays_in_morocco_has_no_papers(run_jobs):
    parcel = move_to(open_parcels(make_held_order())[0], "HANDED_OVER")

    run_jobs()

    assert CustomsPaper.objects.count() == 0
    with pytest.raises(operations.NothingToDeclare):
        make(parcel)


def test_values_weights_and_postage_are_those_of_the_order():
    atlas, souss = make_cooperative(), make_cooperative()
    oil = weighing(230, 450, "119.70", cooperative=atlas)
    honey = weighing(500, 800, "177.30", cooperative=atlas, title="Miel", hs_code="040900")
    order = make_export_order((oil, 3), (honey, 1), (weighing(100, 150, cooperative=souss), 1), shipping="19.99")
    parcels = [move_to(parcel, "PACKED") for parcel in open_parcels(order)]

    contents = [declared(parcel) for parcel in parcels]

    for parcel, said in zip(parcels, contents, strict=True):
        lines = frozen.accepted(frozen.lines_of([order])[order.pk], {parcel.reference})
        assert D(said["value"]) == sum(line.line_price_incl_tax for line in lines)
        assert D(said["value"]) == sum(D(row["value"]) for row in said["rows"])
        assert D(said["value"]) == sum(D(item["value"]) for item in said["items"])
    assert (contents[0]["net_g"], contents[0]["gross_g"]) == (3 * 230 + 500, 3 * 450 + 800)
    assert [row["heading"] for row in contents[0]["rows"]] == ["040900", "151590"]
    assert sum(D(said["postage"]) for said in contents) == D("19.99")
    assert sum(D(said["total"]) for said in contents) == order.total_incl_tax
    assert broken() == []


def test_what_offers_took_off_is_not_declared():
    make_offer(percent="17")
    guest = Guest(destination="FR", currency="EUR")
    guest.add(stock("119.70"), 3)
    guest.add(stock("157.30"), 1)
    guest.place()
    Order.objects.update(status="PAID")
    order = Order.objects.get()
    parcels = [move_to(parcel, "PACKED") for parcel in open_parcels(order)]

    contents = [declared(parcel) for parcel in parcels]

    assert sum(D(said["value"]) for said in contents) == order.goods_before_discounts - sum(
        row.amount for row in order.goods_discounts
    )
    assert sum(D(said["total"]) for said in contents) == order.total_incl_tax
    assert broken() == []


def test_a_hamper_is_declared_by_what_it_holds():
    oil = make_product("Huile", net_weight_g=230, gross_weight_g=400)
    honey = make_product("Miel", net_weight_g=500, gross_weight_g=700, hs_code="040900")
    make_stockrecord(product=oil, price="300.00")
    make_stockrecord(product=honey, price="100.00")
    hamper = make_product("Coffret", kind="gift", hs_code="210690", gross_weight_g=2000)
    Component.objects.create(hamper=hamper, product=oil, quantity=1)
    Component.objects.create(hamper=hamper, product=honey, quantity=2)
    parcel = make_packed((make_stockrecord(product=hamper), 3))

    said = declared(parcel)

    rows = {row["heading"]: row for row in said["rows"]}
    paid = Line.objects.get(product=hamper).line_price_incl_tax
    assert set(rows) == {"151590", "040900"}
    assert (rows["151590"]["quantity"], rows["040900"]["quantity"]) == (3, 6)
    assert (rows["151590"]["net_g"], rows["040900"]["net_g"]) == (690, 3000)
    assert D(rows["151590"]["value"]) + D(rows["040900"]["value"]) == paid
    assert D(rows["151590"]["value"]) > D(rows["040900"]["value"])
    assert said["gross_g"] == 6000


@pytest.mark.parametrize(
    ("gross_g", "price", "form"),
    [
        (2000, "3800.00", "CN22"),
        (2001, "3800.00", "CN23"),
        (2000, "3820.00", "CN23"),  # 300 SDR at 12.70 dirhams are 3,810
    ],
)
def test_a_small_packet_has_the_small_form_up_to_its_limits(gross_g, price, form):
    small_packets()
    parcel = make_packed((weighing(100, gross_g, price, vat_class="EXO"), 1), currency="MAD", shipping_code="post_ems")

    assert kinds(parcel) == [form, "COMMERCIAL_INVOICE"]


def test_origin_is_the_province_and_a_southern_region_is_named():
    south = make_province("LAA", "Laâyoune")
    Region.objects.filter(pk=south.region_id).update(eu_origin_mention="Laâyoune-Sakia El Hamra")
    parcel = make_packed((weighing(100, 200, origin=south), 1))

    said = declared(parcel)

    assert said["origin_declared"] is True
    assert sheet_of("CN23", said)["rows"][0]["origin"]["text"] == "MA – Laâyoune – Laâyoune-Sakia El Hamra"


def test_the_sellers_number_stands_on_papers_up_to_its_limit():
    ImportRule.objects.create(
        block="EU",
        regime="per_heading",
        currency="EUR",
        value_limit=150,
        seller_number="IM1234567890",
        confidence="tests",
        valid_from="2026-01-01",
    )
    below, above = make_packed((weighing(100, 200, "1500.00"), 1)), make_packed((weighing(100, 200, "1900.00"), 1))

    assert sheet_of("CN23", declared(below))["seller_number"]["text"] == "IOSS IM1234567890"
    assert declared(above)["seller_number"] == {}


def test_everything_is_a_sale_also_what_someone_else_receives():
    parcel = make_packed(recipient_name="Khadija", recipient_language="fr", gift_message="Bon anniversaire")

    assert declared(parcel)["reason"] == "sale"


@pytest.mark.parametrize("kind", CustomsPaper.Kind.values)
def test_an_arabic_name_is_drawn_in_its_own_direction(kind):
    parcel = make_packed(buyer_name="فاطمة الزهراء بنعلي")
    said = declared(parcel)

    name = sheet_of(kind, said)["recipient"]["name"]

    assert name == {"text": "فاطمة الزهراء بنعلي", "dir": "rtl"}
    assert operations.render(operations.TEMPLATES[kind], sheet_of(kind, said)).startswith(b"%PDF-")


def test_without_a_tariff_code_nothing_is_packed_and_the_product_is_named():
    parcel = move_to(
        open_parcels(make_export_order((make_stockrecord(product=make_product("Savon noir")), 1)))[0], "PICKED"
    )
    Family.objects.update(hs_code="")

    with pytest.raises(HeldBack, match="“Savon noir” has no tariff code"):
        move_to(parcel, "PACKED")

    parcel.refresh_from_db()
    assert (parcel.state, parcel.packed_at) == ("PICKED", None)
    Product.objects.update(hs_code="340119")
    assert move_to(parcel, "PACKED").state == "PACKED"


def test_a_parcel_is_not_handed_over_before_its_papers_are_made(run_jobs):
    parcel = make_packed()

    with pytest.raises(HeldBack, match="papers are not made yet"):
        warehouse.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now())
    run_jobs()
    warehouse.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now())

    assert Consignment.objects.get().state == "HANDED_OVER"


def test_papers_stay_what_they_were_when_the_product_changes():
    parcel = make_packed()
    first = make(parcel)
    Product.objects.update(hs_code="999999")

    assert [paper.sha256 for paper in make(parcel, datetime(2027, 1, 1, tzinfo=UTC))] == [p.sha256 for p in first]


def test_what_a_job_left_undone_is_made_by_the_clock():
    parcel = make_packed()

    assert operations.make_missing_papers(now=timezone.now()) == 1
    assert operations.make_missing_papers(now=timezone.now()) == 0
    assert parcel.customs_papers.count() == 2


def test_a_declaration_of_another_value_is_found():
    parcel = make_packed()
    paper = make(parcel)[0]
    other = make_packed()
    said = content.content_of(other, now=timezone.now()) | {"value": "1.00"}

    wrong = CustomsPaper.objects.create(
        consignment=other, kind="CN23", content=said, pdf=b"x", sha256="0" * 64, made_at=timezone.now()
    )

    assert paper not in broken()
    assert wrong in list(invariants.values_are_what_was_paid())
    assert list(invariants.papers_are_whole()) == [wrong]


@pytest.mark.parametrize("table", ["customs_customspaper", "customs_exportrecord", "customs_proofscan"])
def test_the_database_refuses_to_change_or_delete_what_was_written(table):
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(Exception, match=r"written once|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
