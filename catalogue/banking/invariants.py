"""What must be true of bank accounts, whatever wrote them."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q

from catalogue.kernel.invariants import invariant

from .models import AccountEvent, BankAccount, Mandate
from .queries import State

LIVE = (State.PROPOSED, State.APPROVED)


@invariant("accounts: each step has its audit row with the same number")
def steps_are_noted() -> Iterable[object]:
    """Return accounts whose last step nobody noted."""
    noted = AccountEvent.objects.filter(account=OuterRef("pk"), new_rib=OuterRef("rib"))
    opened = Q(route=BankAccount.Route.OPENING)
    begun = opened & Exists(noted.filter(kind="opened")) | ~opened & Exists(noted.filter(kind="proposed"))
    agreed = opened | Q(approved_at=None) | Exists(noted.filter(kind="approved"))
    ended = Q(ended_at=None) | Exists(noted.filter(kind__in=["refused", "withdrawn", "blocked"]))
    return BankAccount.objects.exclude(begun & agreed & ended)


@invariant("accounts: only members of one union share an account")
def shared_in_one_union() -> Iterable[object]:
    """Return accounts that two active cooperatives of no common union have."""
    others = BankAccount.objects.filter(rib=OuterRef("rib"), state__in=LIVE, cooperative__is_active=True)
    others = others.exclude(cooperative=OuterRef("cooperative"))
    strangers = others.exclude(cooperative__union=OuterRef("cooperative__union"))
    shared = Exists(strangers) | Q(cooperative__union=None) & Exists(others)
    return BankAccount.objects.filter(shared, state__in=LIVE, cooperative__is_active=True)


@invariant("accounts: a mandate was agreed to by someone else, for a member of the same union")
def mandates_were_agreed_to() -> Iterable[object]:
    """Return mandates that count, or will, and should not; one of a union that was left counts no more."""
    standing = Mandate.objects.filter(state=Mandate.State.APPROVED)
    yield from standing.filter(Q(approved_by=None) | Q(approved_by=F("proposed_by")) | Q(receiver=F("cooperative")))
