"""Advances and mandates, taken through their steps by two people of the office."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from catalogue.banking import operations as banking
from catalogue.banking.models import Mandate
from catalogue.banking.policies import WAIT
from catalogue.cooperatives.models import Partner, Union
from catalogue.kernel.periods import day_of
from catalogue.people.models import User
from fulfilment.payouts import operations
from fulfilment.payouts.models import Advance

from .people import make_person, make_staff


def clerk() -> User:
    """Return someone who asks for others."""
    found = User.objects.filter(email="clerk.asks@example.org").first()
    return found or make_person(email="clerk.asks@example.org", is_staff=True)


def head() -> User:
    """Return someone who decides, the same each time."""
    return User.objects.filter(groups__name="finance").order_by("pk").first() or make_staff("finance")


def ask(cooperative: Partner, amount: str, *, instalments: int = 4, **fields: object) -> Advance:
    values = {"by": clerk(), "now": timezone.now(), "purpose": "jars for the harvest"} | fields
    return operations.ask_advance(
        cooperative_id=cooperative.pk, amount_mad=Decimal(amount), instalments=instalments, **values
    )


def lend(cooperative: Partner, amount: str, *, now: datetime | None = None, instalments: int = 4) -> Advance:
    """Give a cooperative an advance: the next payout pays it."""
    now = now or timezone.now()
    asked = ask(cooperative, amount, instalments=instalments, now=now)
    return operations.approve_advance(advance_id=asked.pk, by=head(), now=now)


def join(*cooperatives: Partner, name: str = "GIE Targanine") -> Union:
    """Make cooperatives members of one union."""
    union = Union.objects.create(code=f"U{cooperatives[0].pk}"[:8], kind="gie", name=name)
    for cooperative in cooperatives:
        cooperative.union = union
        cooperative.save(update_fields=["union"])
    return union


def propose(member: Partner, receiver: Partner, *, now: datetime | None = None, **fields: object) -> Mandate:
    now = now or timezone.now()
    values = {"signed_by": "Fatima, president", "from_day": day_of(now), "until_day": None, "by": clerk()} | fields
    return banking.propose_mandate(cooperative_id=member.pk, receiver_id=receiver.pk, now=now, **values)


def give_mandate(member: Partner, receiver: Partner, *, now: datetime | None = None) -> Mandate:
    """Let a fellow member receive from now on: it was agreed to before its waiting time."""
    now = now or timezone.now()
    agreed_at = now - WAIT - timedelta(minutes=1)
    mandate = propose(member, receiver, now=agreed_at, from_day=day_of(now))
    return banking.approve_mandate(mandate_id=mandate.pk, by=head(), now=agreed_at)
