"""Writing the history: one transaction, in bulk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from catalogue.cooperatives.models import Membership
from catalogue.kernel import locks, progress
from catalogue.people.models import User
from catalogue.pricing.models import PriceList
from catalogue.pricing.operations import publish_past_list
from catalogue.pricing.queries import NoPriceList
from fulfilment.ledger import operations as ledger
from fulfilment.orders.models import Line, Order, OrderEvent, ShippingAddress
from fulfilment.payments import booking as payments_booking
from fulfilment.payments.models import CashCollected, CashRemittance, PaymentAttempt
from fulfilment.payouts import booking as payouts_booking
from fulfilment.payouts.models import OrderCash, Payable
from fulfilment.warehouse.models import Consignment, ConsignmentLine
from storefront.demo import drivers

from . import complaints, couriers, draw, earnings, exports, lots, payouts, people, profile, rows, shelf, withdrawals
from .written import Written

QUARTERS = 4
BATCH = 500


class AlreadyWritten(Exception):
    """There is a history already."""


@transaction.atomic
def write_history(*, profile_path: Path, orders: int, seed: int, now: datetime) -> int:
    """Write a year of orders up to now and return how many. Raises ``AlreadyWritten`` the second time."""
    locks.advisory_lock("demo.history")
    if PriceList.objects.filter(reference__startswith="PAST-").exists():
        raise AlreadyWritten
    random = Random(seed)  # noqa: S311  (a story, not a secret)
    lists = _past_lists(now)
    read = shelf.read(lists)
    members = set(Membership.objects.values_list("cooperative_id", flat=True))
    teller = draw.Teller(profile.read(profile_path), read, random, now, regulars=_shoppers(), featured=members)
    told = progress.bar(teller.purchases(orders), "Telling the orders", orders)
    written = [rows.write(one, shelf=read, random=random, site_id=settings.SITE_ID, now=now) for one in told]
    _save(written, now)
    withdrawals.write(now=now)
    complaints.write(now=now)
    couriers.tell(now)
    return len(written)


def _shoppers() -> list[people.Buyer]:
    """Return those who sign in to buy: neither the office nor members of a cooperative."""
    shoppers = User.objects.filter(is_staff=False, groups=None, memberships=None, phone__isnull=False).order_by("pk")
    return [
        people.Buyer(user.get_full_name(), user.phone or "", user.email or "", user.language, user.pk)
        for user in shoppers
    ]


def _past_lists(now: datetime) -> list[PriceList]:
    """Publish a price list for each quarter of the year before the shop's first, at its first day's rates."""
    own = list(PriceList.objects.filter(starts_at__lte=now).order_by("starts_at"))
    if not own:
        raise NoPriceList(now)
    begins_at = now - timedelta(days=draw.DAYS + 1)
    quarter = (own[0].starts_at - begins_at) / QUARTERS
    bounds = [begins_at + quarter * number for number in range(QUARTERS)] + [own[0].starts_at]
    pairs = progress.bar(pairwise(bounds), "Past price lists", QUARTERS)
    return [publish_past_list(starts_at=start, ends_at=end, now=now) for start, end in pairs] + own


def _save(written: Sequence[Written], now: datetime) -> None:
    """Save the rows in the order of their keys, then the lots that they came from."""
    carriers = couriers.make()
    drivers.make(carriers[0])
    couriers.carry(written, carriers)
    _create(ShippingAddress, [one.address for one in written])
    _create(Order, [one.order for one in written])
    _create(Line, [line for one in written for line in one.lines])
    _create(PaymentAttempt, [one.attempt for one in written])
    _create(Consignment, [consignment for one in written for consignment in one.consignments])
    _create(ConsignmentLine, [link for one in written for link in one.consignment_lines])
    exports.write([consignment for one in written for consignment in one.consignments], now=now)
    _create(OrderEvent, [event for one in written for event in one.events])
    collections = [row for one in written for row in one.collections]
    remittances = couriers.hand_in(collections, now)
    _create(CashRemittance, remittances)
    _create(CashCollected, collections)
    for one in written:
        earnings.date_cash(one)
    _create(Payable, [payable for one in written for payable in one.payables])
    _create(OrderCash, [one.cash for one in written if one.cash])
    _book(written, remittances, now)
    payouts.pay([payable for one in written for payable in one.payables], now=now)
    lots.write(written, now)


def _book(
    written: Sequence[Written],
    remittances: Sequence[CashRemittance],
    now: datetime,
) -> None:
    """Write the ledger's side of the story, in the order in which it happened."""
    settled = [one.attempt for one in written if one.attempt.state == PaymentAttempt.State.SUCCEEDED]
    parcels = [parcel for one in written for parcel in one.consignments]
    entries = [
        *payments_booking.sales(settled),
        *payments_booking.sales_at_door(row for one in written for row in one.collections),
        *payments_booking.remittances(remittances),
        *payouts_booking.deliveries(parcels),
    ]
    ledger.post_many(sorted(entries, key=lambda entry: entry.occurred_at), now=now)


def _create(model: type[Model], unsaved: Sequence[Any]) -> None:
    """Save rows in bulk, first copying the keys of what they point at, saved just before."""
    for row in unsaved:
        for key in row._meta.concrete_fields:
            if key.is_relation and key.is_cached(row):
                setattr(row, key.name, key.get_cached_value(row))
    model._default_manager.bulk_create(unsaved, batch_size=BATCH)
