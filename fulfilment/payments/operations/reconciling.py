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

MARGIN = timedelta(days=1)
"""The two sides may date the same payment on either side of a bound."""

BETWEEN_US_AND_OUR_BANK = ("payout", "payout_cancel", "payout_failure")
"""Movements that no buyer is behind: they are matched with our bank's statement."""

OF_DISPUTES = ("adjustment",)
"""Movements that a dispute took or returned: months may lie between the two."""


@dataclass(frozen=True)
class Record:
    """What one of our rows says came in (or went back, below nothing) under the provider's own id for it."""

    source: str
    order_number: str
    amount: Decimal
    currency: str
    fee: Decimal | None = None
    """Compared where it is known."""


@dataclass(frozen=True)
class Moved:
    """What the provider's account says of one source."""

    amount: Decimal
    currency: str
    fee: Decimal


@dataclass(frozen=True)
class Difference:
    """One thing that one side knows otherwise, or not at all: its amount with its currency, empty where none stands."""

    source: str
    order_number: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Reconciliation:
    """The three lists. ``compared`` counts what both sides say alike."""

    compared: int
    ours_only: tuple[Difference, ...]
    theirs_only: tuple[Difference, ...]
    different: tuple[Difference, ...]

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
    noted = _records(
        Q(updated_at__gte=since, updated_at__lt=until), disputed=Q(moved_at__gte=since, moved_at__lt=until)
    )
    ours = {record.source: record for record in [*_records_of(theirs), *noted]}
    moved = {_key(movement) for movement in movements if since <= movement.moved_at < until} & theirs.keys()
    lists: dict[str, list[Difference]] = {"": [], "ours_only": [], "theirs_only": [], "different": []}
    for source in sorted(moved | {record.source for record in noted}):
        record, movement = ours.get(source), theirs.get(source)
        lists[_verdict(record, movement)].append(_difference(source, record, movement))
    return Reconciliation(
        len(lists[""]), tuple(lists["ours_only"]), tuple(lists["theirs_only"]), tuple(lists["different"])
    )


def check_accounts(*, since: datetime, until: datetime) -> Reconciliation:
    """Compare, and raise ``AccountsDiffer`` where anything does: a job that fails is seen in the office."""
    found = reconcile(since=since, until=until)
    if found:
        raise AccountsDiffer(found)
    return found


def _key(movement: Movement) -> str:
    """Name what a movement is matched by: the charge or refund behind it; of a dispute, each movement by itself."""
    return movement.id if movement.kind in OF_DISPUTES else movement.source


def _by_source(movements: Iterable[Movement]) -> dict[str, Moved]:
    """Add up what moved for each charge or refund; a refund that failed comes to nothing."""
    sums: dict[str, Moved] = {}
    for movement in movements:
        if movement.kind not in BETWEEN_US_AND_OUR_BANK:
            before = sums.get(_key(movement), Moved(ZERO, "", ZERO))
            sums[_key(movement)] = Moved(before.amount + movement.amount, movement.currency, before.fee + movement.fee)
    return sums


def _verdict(record: Record | None, movement: Moved | None) -> str:
    """Name the list that a source belongs on; none when both sides say the same."""
    if record is None:
        return "theirs_only" if movement and movement.amount else ""
    if movement is None:
        return "ours_only"
    same = (movement.amount, movement.currency) == (record.amount, record.currency)
    return "" if same and record.fee in (None, movement.fee) else "different"


def _difference(source: str, record: Record | None, movement: Moved | None) -> Difference:
    return Difference(
        source=source,
        order_number=record.order_number if record else "",
        ours=_said(record.amount, record.currency, record.fee) if record else "",
        theirs=_said(movement.amount, movement.currency, movement.fee if record and record.fee is not None else None)
        if movement
        else "",
    )


def _said(amount: Decimal, currency: str, fee: Decimal | None) -> str:
    return f"{amount} {currency}" if fee is None else f"{amount} {currency} (fee {fee})"


def _records_of(sources: Iterable[str]) -> list[Record]:
    sources = list(sources)
    return _records(Q(charge_id__in=sources), Q(provider_id__in=sources), Q(provider_id__in=sources))


def _records(paid: Q, given_back: Q | None = None, disputed: Q | None = None) -> list[Record]:
    """Read payments that came in, refunds that went out and what disputes moved, in the currency it settles in."""
    payments = PaymentAttempt.objects.filter(paid, provider="stripe", captured__gt=0).exclude(charge_id="")
    booked = (Refund.State.PENDING, Refund.State.SUCCEEDED)  # the provider books a refund when it takes it on
    refunds = Refund.objects.filter(given_back or paid, state__in=booked, provider_id__isnull=False)
    return [
        *(_payment(attempt) for attempt in payments.select_related("order")),
        *(
            Record(str(refund.provider_id), refund.attempt.order.number, -refund.amount, refund.currency)
            for refund in refunds.select_related("attempt__order")
        ),
        *_disputes(disputed),
    ]


def _disputes(wanted: Q | None) -> list[Record]:
    if wanted is None:
        return []
    moved = DisputeMovement.objects.filter(wanted).select_related("dispute__attempt__order")
    return [
        Record(one.provider_id, one.dispute.attempt.order.number, one.amount, one.currency, one.fee) for one in moved
    ]


def _payment(attempt: PaymentAttempt) -> Record:
    if attempt.settled_currency in ("", attempt.currency) or attempt.net is None or attempt.fee is None:
        return Record(attempt.charge_id, attempt.order.number, attempt.captured, attempt.currency)
    return Record(attempt.charge_id, attempt.order.number, attempt.net + attempt.fee, attempt.settled_currency)
