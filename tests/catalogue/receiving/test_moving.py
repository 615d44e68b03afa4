"""Transfers, adjustments, hampers and call-offs."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.dispatch import Signal
from django.utils import timezone

from catalogue.lots.models import Lot, LotStock
from catalogue.people.models import User
from catalogue.products.models import Component
from catalogue.receiving import operations, signals
from catalogue.receiving.models import CallOff, LotPart, Transfer
from catalogue.receiving.operations import Arrived
from catalogue.receiving.queries import hampers_with
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.receiving import announced, broken, make_delivery, make_hub

pytestmark = pytest.mark.django_db
NOW_ON = date(2026, 11, 20)


@pytest.fixture
def person():
    return User.objects.create_user(phone="+212600000001")


@pytest.fixture
def hub():
    return make_hub()


def send(stock, number, to, person, key=None):
    return operations.send_transfer(
        from_place=stock.place,
        to_place=to,
        pieces={stock.pk: number},
        key=key or uuid4(),
        by=person,
        now=timezone.now(),
    )


def arrive(transfer, pieces, person, difference=""):
    found = {line.pk: Arrived(pieces, difference) for line in transfer.lines.all()}
    return operations.receive_transfer(transfer_id=transfer.pk, arrived=found, by=person, now=timezone.now())


def in_stock(record):
    record.refresh_from_db()
    return record.num_in_stock


def test_a_transfer_is_at_neither_place_on_the_way_and_keeps_its_lot(hub, person):
    shop, record = make_hub("shop"), make_stockrecord(in_stock=0)
    stock, key = make_lot(record, 10, place=hub), uuid4()
    transfer = send(stock, 6, shop, person, key)
    again = send(stock, 6, shop, person, key)
    on_the_way = in_stock(record)

    for _ in range(2):
        arrive(transfer, 5, person, "broken")

    lies = dict(LotStock.objects.filter(lot=stock.lot).values_list("place__kind", "on_hand"))
    assert (again.pk, on_the_way, in_stock(record), lies) == (transfer.pk, 4, 9, {"hub": 4, "shop": 5})
    assert (Transfer.objects.count(), broken()) == (1, [])


def test_nothing_that_is_promised_moves(hub, person):
    stock = make_lot(make_stockrecord(in_stock=0), 10, place=hub, held=3)

    with pytest.raises(operations.TransferRefused) as refused:
        send(stock, 8, make_hub("shop"), person)

    stock.refresh_from_db()
    assert (list(refused.value.reasons), stock.on_hand, Transfer.objects.count()) == ([stock.pk], 10, 0)


def test_what_did_not_arrive_needs_its_reason_and_more_cannot_arrive(hub, person):
    transfer = send(make_lot(make_stockrecord(in_stock=0), 10, place=hub), 6, make_hub("shop"), person)

    for pieces in (5, 7, -1):
        with pytest.raises(operations.TransferRefused):
            arrive(transfer, pieces, person)

    transfer.refresh_from_db()
    assert transfer.state == "SENT"


def test_an_adjustment_never_touches_a_promised_piece_and_counts_once(hub, person):
    stock, key = make_lot(make_stockrecord(in_stock=0), 10, place=hub, held=8), uuid4()
    change = {"stock": stock, "reason": "broken", "by": person, "now": timezone.now()}

    with pytest.raises(operations.NotFree):
        operations.adjust(change=-3, key=uuid4(), **change)
    kinds = {operations.adjust(change=-2, key=key, **change).kind for _ in range(2)}

    stock.refresh_from_db()
    assert (stock.on_hand, kinds) == (8, {"written_off"})


@pytest.fixture
def hamper(hub):
    """A hamper of two jars and one oil, of which enough for three and for two lie at the hub."""
    basket = make_stockrecord(in_stock=0, product=make_product("Panier", kind="gift"))
    jars, oil = make_stockrecord(in_stock=0), make_stockrecord(in_stock=0)
    for record, quantity in ((jars, 2), (oil, 1)):
        Component.objects.create(hamper=basket.product, product=record.product, quantity=quantity)
    make_lot(jars, 5, place=hub, best_before=date(2027, 3, 1), number="OLD")
    make_lot(jars, 1, place=hub, best_before=date(2027, 9, 1), number="YOUNG")
    make_lot(oil, 2, place=hub, best_before=date(2027, 6, 1), number="OIL")
    return basket


def lies(*numbers):
    return [LotStock.objects.get(lot__number=number).on_hand for number in numbers]


def test_hampers_take_all_their_components_or_nothing(hamper, hub, person):
    with pytest.raises(operations.ComponentsMissing) as missing:
        operations.pack_hampers(stockrecord=hamper, number=3, place=hub, by=person, now=timezone.now())

    assert (list(missing.value.short.values()), lies("OLD", "YOUNG", "OIL")) == ([1], [5, 1, 2])
    assert (LotPart.objects.count(), in_stock(hamper)) == (0, 0)


def test_packed_hampers_last_as_long_as_what_ends_first_and_a_recall_finds_them(hamper, hub, person):
    lot = operations.pack_hampers(stockrecord=hamper, number=2, place=hub, by=person, now=timezone.now())
    packed = lies("OLD", "YOUNG", "OIL")
    found = [list(hampers_with(Lot.objects.get(number=number))) for number in ("OLD", "OIL", "YOUNG")]

    operations.unpack_hampers(stock=lot.stock.get(), number=1, by=person, now=timezone.now())

    assert (lot.best_before, lot.state, packed, found) == (date(2027, 3, 1), "RELEASED", [1, 1, 0], [[lot], [lot], []])
    assert (lies("OLD", "YOUNG", "OIL"), in_stock(hamper), broken()) == ([3, 1, 1], 1, [])
    LotStock.objects.filter(lot=lot).update(held=1)
    with pytest.raises(operations.NotFree):
        operations.unpack_hampers(stock=lot.stock.get(), number=1, by=person, now=timezone.now())


def low(threshold=10, **product):
    record = make_stockrecord(in_stock=4, product=make_product(**product), cooperative=make_cooperative(lead_days=9))
    record.low_stock_threshold = threshold
    record.save()
    return record


def test_what_runs_low_is_proposed_once_with_what_is_on_the_way_and_only_in_season(hub, person):
    oil, coming = low(), low()
    low(season_from=5, season_until=8)
    low(season_from=11, season_until=11), low(threshold=4), low(unique_piece=True)
    make_delivery(hub, person, announced(coming, 6))

    made = [operations.propose_call_offs(place=hub, now=timezone.now()) for _ in range(2)]

    wanted = {
        (row.stockrecord_id, row.quantity, row.wanted_on)
        for row in CallOff.objects.filter(stockrecord__in=[oil, coming])
    }
    assert wanted == {(oil.pk, 26, NOW_ON + timedelta(days=9))}
    assert made == [2, 0]  # the oil, and what is in season until the day it comes


def test_a_call_off_is_told_and_answered_by_a_delivery_or_a_reason(hub, person):
    records, told = [low(), low()], []
    operations.propose_call_offs(place=hub, now=timezone.now())
    asked = list(CallOff.objects.order_by("pk"))
    listen(signals.call_off_asked, told)
    for call_off in asked:
        operations.ask_call_off(call_off_id=call_off.pk, quantity=12, by=person, now=timezone.now())

    delivery = make_delivery(hub, person, announced(records[0], 12), call_off_ids=[row.pk for row in asked])
    with pytest.raises(operations.NotTheirs):
        decline(asked[1], records[0].partner_id, person)
    decline(asked[1], records[1].partner_id, person)

    states = list(CallOff.objects.order_by("pk").values_list("state", "delivery", "cannot"))
    assert states == [("ANSWERED", delivery.pk, ""), ("CANNOT", None, "no_raw")]
    assert told == [(row.pk, row.stockrecord.partner_id) for row in asked]


def decline(call_off, cooperative_id, person):
    return operations.decline_call_off(
        call_off_id=call_off.pk, cooperative_id=cooperative_id, reason="no_raw", by=person, now=timezone.now()
    )


_kept = []


def listen(signal: Signal, told):
    def hear(call_off_id, cooperative_id, **kwargs):
        told.append((call_off_id, cooperative_id))

    _kept.append(hear)  # signals hold their receivers weakly
    signal.connect(hear)
