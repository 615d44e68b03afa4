"""The terms: written down by another person than the one who approved, agreed to by the cooperative."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.joining import queries
from catalogue.joining.models import Application, FeeAgreement
from catalogue.kernel.periods import day_of
from catalogue.people.models import User
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import Fee

from .proving import write_code
from .steps import OFFER, JoiningRefused, Kind, State, WrongState, check_person, locked, move, note
from .terms import follow_agreement


class OwnApproval(JoiningRefused):
    """Two people stand behind a cooperative that is to be paid."""

    code = "own_approval"

    def __init__(self) -> None:
        super().__init__(_("You approved this application yourself: another person writes down the terms."))


class BeforeToday(JoiningRefused):
    code = "before_today"

    def __init__(self) -> None:
        super().__init__(_("Terms begin today or later."))


class TermsChanged(JoiningRefused):
    """Other terms were written since the page was opened."""

    code = "terms_changed"

    def __init__(self) -> None:
        super().__init__(_("The office wrote other terms meanwhile: please read them first."))


@transaction.atomic
def offer_terms(
    *, application_id: int, valid_from: date, method: str, cycle: str, words: str, by: User, now: datetime
) -> FeeAgreement:
    """Write the fees of the schedule on ``valid_from`` and the payout terms, for the cooperative to agree to.

    Terms that it has not agreed to are replaced. Announces ``application_moved``. Raises a ``JoiningRefused``.
    """
    application = locked(application_id)
    check_person(application, by, OFFER)
    if application.state != State.APPROVED:
        raise WrongState(application.state)
    if application.approved_by_id == by.pk:
        raise OwnApproval
    today = day_of(now)
    if valid_from < today:
        raise BeforeToday
    if former := queries.agreement_of(application.cooperative):
        pricing.end_row(row=former, until=max(today, former.valid_from), today=today)
    agreement = FeeAgreement(
        cooperative=application.cooperative,
        fees=fees_on(valid_from),
        payout_method=method,
        payout_cycle=cycle,
        valid_from=valid_from,
        note=words.strip(),
    )
    pricing.add_row(row=agreement, written_by=by, now=now)
    application.offered_by = by
    application.save(update_fields=["offered_by"])
    note(application, Kind.OFFERED, now, by=by, text=agreement.note)
    return agreement


def fees_on(day: date) -> list[dict[str, str]]:
    """Return the fees that hold on a day as an agreement keeps them, those of all families first."""
    rows = Fee.objects.on(day).select_related("family").order_by("family__code", "part")
    return [
        {
            "part": row.part,
            "family": row.family.name_fr or row.family.code if row.family else "",
            "basis": row.basis,
            "value": f"{row.value.normalize():f}",
        }
        for row in sorted(rows, key=lambda row: row.family is not None)
    ]


@transaction.atomic
def accept_terms(*, application_id: int, agreement_id: int, name: str, now: datetime) -> Application:
    """Keep that the applicant agreed to these very terms, and give the first code that activates.

    Announces ``application_moved`` and ``code_given``. Raises ``WrongState`` or ``TermsChanged``.
    """
    application = locked(application_id)
    agreement = queries.agreement_of(application.cooperative)
    if application.state != State.APPROVED:
        raise WrongState(application.state)
    if agreement is None or agreement.pk != agreement_id:
        raise TermsChanged
    application.accepted_at, application.accepted_by_name = now, name
    move(application, State.AGREED, "accepted_at", "accepted_by_name")
    follow_agreement(agreement, now)
    note(application, Kind.AGREED, now, text=name)
    write_code(application, now)
    return application
