"""What must be true of applications and payout terms, whatever wrote them."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, Subquery

from catalogue.cooperatives.models import Partner
from catalogue.kernel.invariants import invariant

from .models import Application, FeeAgreement, PayoutTerms, PhoneChange, Step

State = Application.State


@invariant("joining: a cooperative that applied is open only with terms and two people of the office")
def opened_by_two() -> Iterable[object]:
    """Return applications whose cooperative was opened otherwise."""
    terms = FeeAgreement.objects.filter(cooperative=OuterRef("cooperative"))
    whole = Exists(terms) & ~Q(offered_by=F("approved_by"))
    opened = Application.objects.filter(Q(state=State.ACTIVE) | Q(cooperative__memberships__isnull=False))
    return opened.exclude(Q(state=State.ACTIVE) & whole).distinct()


@invariant("joining: a cooperative whose application ended is closed")
def closed_with_it() -> Iterable[object]:
    """Return cooperatives that an approval made, that were never opened, and stand open or half so."""
    return Partner.objects.filter(application__state__in=[State.REFUSED, State.WITHDRAWN], closed_at=None)


@invariant("joining: a contact has the phone that came with the application or that two people agreed to")
def phones_are_agreed_to() -> Iterable[object]:
    """Return agreed changes of one person, and applications whose last agreed phone is not theirs."""
    yield from PhoneChange.objects.filter(state=PhoneChange.State.AGREED, decided_by=F("proposed_by"))
    last = PhoneChange.objects.filter(application=OuterRef("pk"), state=PhoneChange.State.AGREED)
    set_last = Application.objects.annotate(agreed=Subquery(last.order_by("-decided_at", "-pk").values("phone")[:1]))
    yield from set_last.exclude(agreed=None).exclude(agreed=F("phone"))


@invariant("joining: each decision has its row")
def decisions_are_noted() -> Iterable[object]:
    """Return decided applications whose decision nobody noted."""
    noted = {
        State.REFUSED: Step.Kind.REFUSED,
        State.WITHDRAWN: Step.Kind.WITHDRAWN,
        State.APPROVED: Step.Kind.APPROVED,
        State.AGREED: Step.Kind.AGREED,
        State.ACTIVE: Step.Kind.ACTIVATED,
    }
    return [
        application
        for state, kind in noted.items()
        for application in Application.objects.filter(
            ~Exists(Step.objects.filter(application=OuterRef("pk"), kind=kind)), state=state
        )
    ]


@invariant("joining: cooperatives are paid as was set last")
def last_terms_hold() -> Iterable[object]:
    """Return cooperatives whose own row says otherwise than the last row of their terms."""
    last = PayoutTerms.objects.filter(cooperative=OuterRef("pk")).order_by("-set_at", "-pk")
    rows = Partner.objects.annotate(
        last_method=Subquery(last.values("method")[:1]), last_cycle=Subquery(last.values("cycle")[:1])
    ).exclude(last_method=None)
    return rows.exclude(payout_method=F("last_method"), payout_cycle=F("last_cycle"))
