"""Every movement of money at the provider against one of our records: by its id, to the cent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from catalogue.kernel.money import ZERO
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import Movement
from fulfilment.payments.models import DisputeMovement, PaymentAttempt, Refund
from fulfilment.payments.reconciliation.models import Kind

MARGIN = timedelta(days=1)
"""The two sides may date the same payment on either side of a bound."""

BETWEEN_US_AND_OUR_BANK = ("payout", "payout_cancel", "payout_failure")
"""Movements that no buyer is behind: they are matched with our bank's statement."""

OF_DISPUTES = ("adjustment",)
"""Movements that a dispute took or returned: months may lie between the two."""


@dataclass(frozen=True)
class Side:
    """What one side says of a source: an amount, and the fee where it is compared too."""

    amount: Decimal
    currency: str
    fee: Decimal | None = None

    def __str__(self) -> str:
        said = f"{self.amount} {self.currency}"
        return said if self.fee is None else f"{said} (fee {self.fee})"


@dataclass(frozen=True)
class Record:
    """What one of our rows says came in (or went back, below nothing) under the provider's own id for it."""

    source: str
    order_number: str
    side: Side
    at: datetime | None = None
    order_id: int | None = None
    refund_id: int | None = None


@dataclass(frozen=True)
class Difference:
    """One thing that one side knows otherwise, or not at all: None where none stands."""

    source: str
    our_side: Side | None
    their_side: Side | None
    moved_at: datetime | None
    order_number: str = ""
    order_id: int | None = None
    refund_id: int | None = None

    @property
    def ours(self) -> str:
        return str(self.our_side or "")

    @property
    def theirs(self) -> str:
        return str(self.their_side or "")


@dataclass(frozen=True)
class Reconciliation:
    """The three lists. ``compared`` counts what both sides say alike."""

    compared: int
    ours_only: tuple[Difference, ...]
    theirs_only: tuple[Difference, ...]
    different: tuple[Difference, ...]

    @property
    def by_kind(self) -> list[tuple[str, tuple[Difference, ...]]]:
        """The lists with their names, as they are kept."""
        return [
            (Kind.OURS_ONLY, self.ours_only),
            (Kind.THEIRS_ONLY, self.theirs_only),
            (Kind.DIFFERENT, self.different),
        ]

    def __bool__(self) -> bool:
        """Whether anything needs a person; one cent does."""
        return bool(self.ours_only or self.theirs_only or self.different)


class AccountsDiffer(Exception):
    """The provider's account and our records do not say the same: someone must look."""

    def __init__(self, found: Reconciliation) -> None:
        self.found = found
        super().__init__(
            f"accounts differ: {len(found.ours_only)} only ours, {len(found.theirs_only)} only theirs, "
            f"{len(found.different)} different"
        )


def reconcile(*, since: datetime, until: datetime) -> Reconciliation:
    """Compare what moved at the provider with payments, refunds and disputes. Only reads; asks outside transactions.

    Raises ``ProviderUnavailable``. A payment without a charge of the provider's, as in the demonstration's history,
    never was on that account and is left out.
    """
    movements = provider_for("stripe").movements(since - MARGIN, until + MARGIN)
    theirs = _by_source(movements)
    noted = [
        *_records(Q(updated_at__gte=since, updated_at__lt=until)),
        *_disputes(Q(moved_at__gte=since, moved_at__lt=until)),
    ]
    ours = {record.source: record for record in [*_records_of(theirs), *noted]}
    moved = {_key(movement) for movement in movements if since <= movement.moved_at < until} & theirs.keys()
    dates = {_key(movement): movement.moved_at for movement in movements}
    lists: dict[str, list[Difference]] = {"": [], "ours_only": [], "theirs_only": [], "different": []}
    for source in sorted(moved | {record.source for record in noted}):
        record, movement = ours.get(source), theirs.get(source)
        lists[_verdict(record, movement)].append(_difference(source, record, movement, dates.get(source)))
    return Reconciliation(
        len(lists[""]), tuple(lists["ours_only"]), tuple(lists["theirs_only"]), tuple(lists["different"])
    )


def _key(movement: Movement) -> str:
    """Name what a movement is matched by: the charge or refund behind it; of a dispute, each movement by itself."""
    return movement.id if movement.kind in OF_DISPUTES else movement.source


def _by_source(movements: Iterable[Movement]) -> dict[str, Side]:
    """Add up what moved for each charge or refund; a refund that failed comes to nothing.

    Only what a dispute moves is compared with its fee: a payment's own may be known later.
    """
    sums: dict[str, Side] = {}
    for movement in movements:
        if movement.kind not in BETWEEN_US_AND_OUR_BANK:
            key, fee = _key(movement), movement.fee if movement.kind in OF_DISPUTES else None
            before = sums[key].amount if key in sums else ZERO
            sums[key] = Side(before + movement.amount, movement.currency, fee)
    return sums


def _verdict(record: Record | None, movement: Side | None) -> str:
    """Name the list that a source belongs on; none when both sides say the same."""
    if record is None:
        return "theirs_only" if movement and (movement.amount or movement.fee) else ""
    if movement is None:
        return "ours_only"
    return "" if movement == record.side else "different"


def _difference(source: str, record: Record | None, movement: Side | None, moved_at: datetime | None) -> Difference:
    if record is None:
        return Difference(source, None, movement, moved_at)
    when = moved_at or record.at
    return Difference(source, record.side, movement, when, record.order_number, record.order_id, record.refund_id)


def _records_of(sources: Iterable[str]) -> list[Record]:
    sources = list(sources)
    known = Q(provider_id__in=sources)
    return [*_records(Q(charge_id__in=sources), known), *_disputes(known)]


def _records(paid: Q, given_back: Q | None = None) -> list[Record]:
    """Read payments that came in and refunds that went out, each in the currency the provider settles it in."""
    payments = PaymentAttempt.objects.filter(paid, provider="stripe", captured__gt=0).exclude(charge_id="")
    booked = (Refund.State.PENDING, Refund.State.SUCCEEDED)  # the provider books a refund when it takes it on
    refunds = Refund.objects.filter(given_back or paid, state__in=booked, provider_id__isnull=False)
    return [
        *(_payment(attempt) for attempt in payments.select_related("order")),
        *(
            Record(
                str(refund.provider_id),
                refund.attempt.order.number,
                Side(-refund.amount, refund.currency),
                refund.updated_at,
                refund.attempt.order_id,
                refund.pk,
            )
            for refund in refunds.select_related("attempt__order")
        ),
    ]


def _payment(attempt: PaymentAttempt) -> Record:
    if attempt.settled_currency in ("", attempt.currency) or attempt.net is None or attempt.fee is None:
        amount, currency = attempt.captured, attempt.currency
    else:
        amount, currency = attempt.net + attempt.fee, attempt.settled_currency
    side = Side(amount, currency)
    return Record(attempt.charge_id, attempt.order.number, side, attempt.updated_at, attempt.order_id)


def _disputes(wanted: Q) -> list[Record]:
    """Read what disputes took and returned, each with its fee."""
    rows = DisputeMovement.objects.filter(wanted).select_related("dispute__attempt__order")
    orders = ((row, row.dispute.attempt.order) for row in rows)
    return [
        Record(row.provider_id, order.number, Side(row.amount, row.currency, row.fee), row.moved_at, order.pk)
        for row, order in orders
    ]
