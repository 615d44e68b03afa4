"""From fee schedules to the shop: prepared, looked at, approved by someone else, published as it was."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.cooperatives.queries import current_prices
from catalogue.kernel.shopping import Shopping
from catalogue.pricing import differences, operations, queries
from catalogue.pricing.models import DraftPrice, Fee, Price, PriceList, PriceListDraft, SellerOfRecord, VatRate
from tests.factories.catalogue import make_cooperative, make_stockrecord, publish_prices
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db

State = PriceListDraft.State
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


def add_fee(part, basis, value, **fields):
    values = {"valid_from": date(2026, 1, 1), "written_at": timezone.now()} | fields
    return Fee.objects.create(part=part, basis=basis, value=Decimal(value), **values)


@pytest.fixture
def oil():
    return make_stockrecord(price="120.00", farm_gate="80.00")


@pytest.fixture
def opening(oil):
    """The list in force: 120.00, as the data say."""
    return publish_prices(NOON - timedelta(hours=1))


@pytest.fixture
def fees(opening):
    """80 + 8 + 2 = 90 without a share of the price; 90 / 0.80 = 112.50, 123.75 with tax: 124.00."""
    add_fee("packing", "farm_gate", "10")
    add_fee("transport", "unit", "2")
    add_fee("office", "price", "20")


@pytest.fixture
def nadia():
    return make_staff("finance")


@pytest.fixture
def rachid():
    return make_staff("director")


def prepare(prepared_by=None, starts_at=None, source="schedules", now=NOON):
    return operations.prepare(source=source, starts_at=starts_at, prepared_by=prepared_by, now=now)


def approved(nadia, rachid, **options):
    draft = prepare(nadia, **options)
    return operations.approve(draft_id=draft.pk, approved_by=rachid, now=NOON)


def price_at(record, instant, currency="MAD", destination="MA"):
    return current_prices(Shopping(currency, destination), instant).get(stockrecord=record)


@pytest.mark.usefixtures("fees")
def test_prepare_shows_what_would_change_and_changes_nothing(oil, opening, nadia):
    draft = prepare(nadia)

    found = differences.summary(draft, opening, currency="MAD", side="home")
    assert (found.up, found.down, found.same, found.new, found.gone) == (1, 0, 0, 0, 0)
    assert (found.old_total, found.new_total) == (Decimal("120.00"), Decimal("124.00"))
    assert differences.largest(draft, opening, currency="MAD", side="home", limit=9) == [
        differences.Difference(oil.pk, Decimal("120.00"), Decimal("124.00"), Decimal("3.3"))
    ]
    assert (draft.state, price_at(oil, NOON).price) == (State.READY, Decimal("120.00"))


@pytest.mark.usefixtures("fees")
def test_publish_puts_the_approved_rows_in_force(oil, opening, nadia, rachid):
    draft = approved(nadia, rachid)
    drafted = set(draft.prices.values_list("currency", "side", "price"))

    published = operations.publish(draft_id=draft.pk, now=NOON)

    opening.refresh_from_db()
    row = price_at(oil, NOON)
    assert set(published.prices.values_list("currency", "side", "price")) == drafted
    assert (opening.ends_at, published.starts_at, published.ends_at) == (NOON, NOON, None)
    assert (published.prepared_by, published.approved_by, published.source) == (nadia, rachid, "schedules")
    assert (row.price, row.part_cooperative, row.part_packing, row.part_transport, row.part_office, row.part_tax) == (
        *(Decimal("124.00"), Decimal("80.00"), Decimal("8.00"), Decimal("2.00")),
        *(Decimal("22.73"), Decimal("11.27")),
    )
    assert not DraftPrice.objects.exists()


@pytest.mark.usefixtures("fees")
def test_publish_twice_gives_the_same_list(nadia, rachid):
    draft = approved(nadia, rachid)

    first = operations.publish(draft_id=draft.pk, now=NOON)

    assert operations.publish(draft_id=draft.pk, now=NOON) == first
    assert PriceList.objects.count() == 2


@pytest.mark.usefixtures("fees")
def test_who_prepared_a_list_does_not_approve_it(nadia):
    draft = prepare(nadia)

    with pytest.raises(operations.OwnWork):
        operations.approve(draft_id=draft.pk, approved_by=nadia, now=NOON)
    with pytest.raises(IntegrityError, match="draft_approved_by_another"), transaction.atomic():
        PriceListDraft.objects.update(approved_by=nadia)


@pytest.mark.usefixtures("fees")
def test_the_database_refuses_to_publish_what_nobody_else_approved(opening, nadia):
    draft = prepare(nadia)

    with pytest.raises(operations.NotWaiting):
        operations.publish(draft_id=draft.pk, now=NOON)
    with pytest.raises(IntegrityError, match="draft_approved_before_published"), transaction.atomic():
        PriceListDraft.objects.update(state=State.PUBLISHING)
    with pytest.raises(IntegrityError, match="price_list_approved_by_another"), transaction.atomic():
        PriceList.objects.create(
            reference="ALONE",
            starts_at=NOON - timedelta(days=9),
            ends_at=NOON - timedelta(days=8),
            published_at=NOON,
            eur_rate=1,
            usd_rate=1,
            rates_day=NOON,
            prepared_by=nadia,
            approved_by=nadia,
        )


def end_a_rate():
    operations.end_row(
        row=VatRate.objects.get(side="home", vat_class__code="R10"), until=NOON.date(), today=NOON.date()
    )


CHANGES = {
    "a farm gate": lambda oil: StockRecord.objects.filter(pk=oil.pk).update(farm_gate_price=81),
    "a weight": lambda oil: type(oil.product).objects.filter(pk=oil.product_id).update(gross_weight_g=999),
    "a fee": lambda oil: add_fee("payment", "price", "1"),
    "a tax": lambda oil: end_a_rate(),
    "a seller": lambda oil: SellerOfRecord.objects.create(
        cooperative=oil.partner, seller="cooperative", valid_from=date(2026, 1, 1), written_at=NOON
    ),
    "another product": lambda oil: make_stockrecord(),
    "a drafted row": lambda oil: DraftPrice.objects.first().delete(),
}


@pytest.mark.usefixtures("fees")
@pytest.mark.parametrize("what", CHANGES)
def test_any_change_of_what_prices_are_made_from_voids_an_approval(oil, nadia, rachid, what):
    draft = approved(nadia, rachid)

    CHANGES[what](oil)

    with pytest.raises(operations.Changed):
        operations.publish(draft_id=draft.pk, now=NOON)
    assert PriceList.objects.count() == 1


@pytest.mark.usefixtures("fees")
def test_a_drafted_price_cannot_be_edited():
    prepare()

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        DraftPrice.objects.update(price=1)


@pytest.mark.usefixtures("fees")
def test_a_list_for_a_later_hour_starts_by_itself(oil, opening, nadia, rachid):
    draft = approved(nadia, rachid, starts_at=DECEMBER)

    published = operations.publish(draft_id=draft.pk, now=NOON)

    assert price_at(oil, NOON).price_list == opening
    assert price_at(oil, DECEMBER - timedelta(microseconds=1)).price == Decimal("120.00")
    assert price_at(oil, DECEMBER).price == Decimal("124.00")
    assert queries.current_list(NOON) == opening
    assert queries.current_list(DECEMBER) == published == queries.last_list()


@pytest.mark.usefixtures("fees")
def test_a_scheduled_list_holds_the_fees_of_its_own_day(oil, nadia, rachid):
    operations.end_row(row=Fee.objects.get(part="transport"), until=date(2026, 12, 1), today=NOON.date())
    add_fee("transport", "unit", "10", valid_from=date(2026, 12, 1))
    draft = approved(nadia, rachid, starts_at=DECEMBER)

    operations.publish(draft_id=draft.pk, now=NOON)

    assert price_at(oil, DECEMBER).part_transport == Decimal("10.00")


@pytest.mark.usefixtures("fees")
def test_nothing_is_published_before_a_scheduled_list(oil, nadia, rachid):
    operations.publish(draft_id=approved(nadia, rachid, starts_at=DECEMBER).pk, now=NOON)
    StockRecord.objects.filter(pk=oil.pk).update(farm_gate_price=90)

    for starts_at in (None, DECEMBER - timedelta(hours=1), DECEMBER):
        with pytest.raises(operations.TooEarly, match="LIST-20261201-01"):
            prepare(nadia, starts_at=starts_at)
    with pytest.raises(operations.TooEarly):
        publish_prices(NOON)
    later = approved(nadia, rachid, starts_at=DECEMBER + timedelta(hours=1))
    operations.publish(draft_id=later.pk, now=NOON)

    assert PriceList.objects.filter(ends_at=None).count() == 1
    assert price_at(oil, DECEMBER).price == Decimal("124.00")
    assert price_at(oil, DECEMBER + timedelta(hours=1)).part_cooperative == Decimal("90.00")


@pytest.mark.usefixtures("fees")
def test_a_start_that_has_passed_is_refused(nadia, rachid):
    with pytest.raises(operations.StartPassed):
        prepare(nadia, starts_at=NOON)
    draft = approved(nadia, rachid, starts_at=DECEMBER)

    with pytest.raises(operations.StartPassed):
        operations.publish(draft_id=draft.pk, now=DECEMBER + timedelta(seconds=1))


@pytest.mark.usefixtures("opening")
def test_what_changes_nothing_is_not_approved(nadia, rachid):
    draft = prepare(nadia, source="opening")

    with pytest.raises(operations.NothingChanges):
        operations.approve(draft_id=draft.pk, approved_by=rachid, now=NOON)


@pytest.mark.usefixtures("opening")
def test_a_fixed_price_that_breaks_a_floor_is_shown_and_never_published(oil, nadia, rachid):
    StockRecord.objects.filter(pk=oil.pk).update(farm_gate_price=Decimal("110.00"))
    draft = prepare(nadia, source="opening")

    with pytest.raises(operations.FloorsBroken):
        operations.approve(draft_id=draft.pk, approved_by=rachid, now=NOON)

    assert set(draft.prices.filter(currency="MAD").values_list("floor", flat=True)) == {"farm_gate"}


@pytest.mark.usefixtures("fees")
def test_an_exempt_cooperative_that_sells_itself_bears_no_tax(oil, nadia, rachid):
    SellerOfRecord.objects.create(
        cooperative=oil.partner, seller="cooperative", valid_from=date(2026, 1, 1), written_at=NOON
    )
    oil.partner.tax_statuses.create(status="exempt_below_10m", valid_from=date(2026, 1, 1), written_at=NOON)
    other = make_stockrecord(cooperative=make_cooperative(), product=oil.product, farm_gate="80.00")

    operations.publish(draft_id=approved(nadia, rachid).pk, now=NOON)

    mine, theirs = price_at(oil, NOON), price_at(other, NOON)
    assert (mine.price, mine.part_tax, mine.vat_rate_pct, mine.seller_of_record, mine.tax_status) == (
        *(Decimal("112.50"), Decimal("0.00"), Decimal("0.00")),
        *("cooperative", "exempt_below_10m"),
    )
    assert (theirs.price, theirs.vat_rate_pct, theirs.seller_of_record) == (Decimal("124.00"), Decimal(10), "office")


@pytest.mark.usefixtures("fees")
def test_a_draft_that_is_thrown_away_is_gone(nadia, rachid):
    draft = approved(nadia, rachid)

    operations.discard(draft_id=draft.pk)

    with pytest.raises(operations.NotWaiting):
        operations.publish(draft_id=draft.pk, now=NOON)
    assert not DraftPrice.objects.exists()


@pytest.mark.usefixtures("fees")
def test_what_has_no_price_before_is_new_and_what_has_none_after_is_gone(oil, opening, nadia):
    honey = make_stockrecord()
    type(oil.product).objects.filter(pk=oil.product_id).update(vat_class="NONE")

    draft = prepare(nadia)

    found = differences.summary(draft, opening, currency="EUR", side="export")
    assert (found.new, found.gone, found.changed) == (1, 1, 2)
    rows = differences.largest(draft, opening, currency="EUR", side="export", limit=9)
    assert [(row.stockrecord_id, row.old is None, row.new is None) for row in rows] == [
        (oil.pk, False, True),
        (honey.pk, True, False),
    ]


@pytest.mark.usefixtures("fees")
def test_preparing_takes_as_many_queries_for_three_records_as_for_one(django_assert_max_num_queries, nadia):
    with django_assert_max_num_queries(32) as one:
        prepare(nadia)
    for _ in range(2):
        make_stockrecord()

    with django_assert_max_num_queries(len(one)):
        prepare(nadia)


def test_prices_of_a_list_never_change_their_seller(opening):
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Price.objects.filter(price_list=opening).update(seller_of_record="cooperative")
