"""What makes earnings payable in tests, and takes a payout run through its steps.

The courier's cash is in, the last day of withdrawal is over; one person drafts and submits, another approves, the bank
pays.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from catalogue.banking import operations as banking
from catalogue.cooperatives.models import Partner
from catalogue.people.models import User
from fulfilment.orders.models import Order
from fulfilment.payouts import operations
from fulfilment.payouts.models import Payout, PayoutRun
from fulfilment.warehouse.models import Consignment

from . import statements
from .banking import propose_account
from .parcels import make_held_order, move_to, open_parcels
from .people import make_staff

AFTER = timedelta(days=40)
"""Later than any period of withdrawal."""


def earn(consignment: Consignment) -> None:
    operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())


def deliver(*items: Any, **fields: Any) -> Order:
    """Return an order whose parcels all arrived, with its earnings written."""
    order = make_held_order(*items, **fields)
    for consignment in [move_to(consignment, "DELIVERED") for consignment in open_parcels(order)]:
        earn(consignment)
    return order


def hand_in_cash() -> None:
    """Let couriers hand in the cash of every order that was paid at the door."""
    orders = Order.objects.filter(payment_method="cash", cash__in_at=None).values_list("pk", flat=True)
    operations.take_in_cash(order_ids=list(orders), now=timezone.now())


def later() -> datetime:
    """Return a day after which everything that arrived may be paid, a month later with each run that was made."""
    return timezone.now() + AFTER + timedelta(days=31) * PayoutRun.objects.exclude(state="CANCELLED").count()


def submitter() -> User:
    return _person("Salma Submitter", "salma.submitter@example.org")


def approver() -> User:
    return _person("Amina Approver", "amina.approver@example.org")


def _person(name: str, email: str) -> User:
    first, last = name.split()
    made = {"first_name": first, "last_name": last, "language": "fr"}
    return User.objects.get_or_create(email=email, defaults=made)[0]


def draft(now: datetime | None = None, *, cycle: str = "weekly") -> PayoutRun | None:
    """Draft what is due to cooperatives of a cycle, by nobody in particular."""
    return operations.draft(cycle=cycle, now=now or later())


def submit(run: PayoutRun) -> PayoutRun:
    return operations.submit(run_id=run.pk, by=submitter(), now=run.run_at)


def approve(run: PayoutRun) -> PayoutRun:
    return operations.approve(run_id=run.pk, seen=submit(run).content_sha256, by=approver(), now=run.run_at)


def send(run: PayoutRun) -> PayoutRun:
    """Take a draft all the way to the bank."""
    operations.export(run_id=approve(run).pk, by=submitter(), now=run.run_at)
    run.refresh_from_db()
    return run


def settle(run: PayoutRun) -> PayoutRun:
    """Let the bank pay the transfers of a run, and the agency or the cashier the others."""
    now = run.run_at
    transfers = run.payouts.filter(method="bank_transfer", state="EXPORTED").order_by("pk")
    if lines := [statements.paid(payout, day=f"{now:%Y-%m-%d}") for payout in transfers]:
        operations.take_in(name="statement.xml", content=statements.camt053(*lines), by=submitter(), now=now)
    for payout in run.payouts.filter(state="EXPORTED"):
        operations.settle_by_hand(payout_id=payout.pk, proof="receipt", by=submitter(), now=now)
    run.refresh_from_db()
    return run


def pay_due(now: datetime) -> PayoutRun | None:
    """Take what is due at a moment to cooperatives that are paid weekly through every step."""
    run = draft(now)
    return settle(send(run)) if run else None


def pay_all() -> PayoutRun | None:
    """Make a run on a day when everything that arrived may be paid; its payouts lie that far ahead."""
    hand_in_cash()
    return pay_due(later())


def send_back_from_bank(payout: Payout, *, now: datetime | None = None) -> Payout:
    """Let the bank return a payout."""
    day = date.today().isoformat()
    content = statements.camt053(statements.returned(payout, day=day))
    operations.take_in(name="returns.xml", content=content, by=submitter(), now=now or payout.run.run_at)
    payout.refresh_from_db()
    return payout


def approve_another_account(cooperative: Partner) -> None:
    """Give a cooperative a new account that may be used at once: it was agreed to long ago."""
    asked_at = timezone.now() - AFTER
    account = propose_account(cooperative, now=asked_at)
    banking.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=asked_at)
