"""Reads of applications: what waits for the office, what is missing, which terms hold."""

from django.db.models import QuerySet

from catalogue.cooperatives.models import Partner

from . import policies
from .models import Application, Document, FeeAgreement, PayoutTerms, PhoneChange

State = Application.State
UNDER_WAY = (State.SENT, State.IN_REVIEW, State.MORE_ASKED, State.APPROVED, State.AGREED)


def applications(state: str = "") -> QuerySet[Application]:
    """Return applications in a state, or all that are under way, the longest waiting first.

    One whose phone nobody proved yet is not under way.
    """
    rows = Application.objects.select_related("province", "owner", "cooperative")
    if state:
        return rows.filter(state=state)
    return rows.filter(state__in=UNDER_WAY).exclude(state=State.SENT, phone_proved_at=None)


def application(pk: int) -> Application | None:
    """Return an application with all that its page shows of it."""
    people = ("owner", "approved_by", "offered_by")
    return Application.objects.select_related("province__region", "cooperative", *people).filter(pk=pk).first()


def phone_change(application: Application) -> PhoneChange | None:
    """Return the other phone that waits for a second person, or nothing."""
    waiting = application.phone_changes.filter(state=PhoneChange.State.PROPOSED)
    return waiting.select_related("proposed_by").first()


def papers(application: Application) -> list[Document]:
    """Return every paper that came, the newest first, without its content (one query)."""
    return list(application.documents.defer("content"))


def latest_papers(papers: list[Document]) -> dict[str, Document]:
    """Return the paper that counts of each kind; ``papers`` come newest first."""
    return {paper.kind: paper for paper in reversed(papers)}


def missing_papers(application: Application) -> list[str]:
    """Return the kinds of papers that are needed and did not come."""
    sent = set(application.documents.values_list("kind", flat=True))
    return policies.missing_documents(application.sector, application.rib, sent)


def agreement_of(cooperative: Partner | None) -> FeeAgreement | None:
    """Return the fee agreement that holds, or will, or nothing."""
    return FeeAgreement.objects.filter(cooperative=cooperative, valid_until=None).first() if cooperative else None


def payout_terms(cooperative: Partner) -> QuerySet[PayoutTerms]:
    """Return how a cooperative was to be paid, the newest first."""
    return PayoutTerms.objects.filter(cooperative=cooperative).select_related("set_by")
