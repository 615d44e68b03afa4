"""What a driver is told of a report: a sentence each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfilment.rounds.models import DoorReport
from fulfilment.warehouse.models import DeliveryAttempt

Outcome, Problem = DeliveryAttempt.Outcome, DoorReport.Problem
APPLIED: dict[str, Promise] = {
    Outcome.DELIVERED: _("Written: delivered."),
    Outcome.ABSENT: _("Written: nobody was there."),
    Outcome.REFUSED: _("Written: refused. Bring the parcel back."),
}
NOT_APPLIED: dict[str, Promise] = {
    Problem.SAME: _("This was written already; nothing is counted twice."),
    Problem.OTHERWISE: _("Someone had written something else. What you wrote is kept, and the office looks at it."),
    Problem.NOT_THEIRS: _("Another courier carries this parcel. What you wrote is kept, and the office looks at it."),
    Problem.NOT_UNDER_WAY: _("This parcel was not on its way. What you wrote is kept, and the office looks at it."),
    Problem.PASS_ENDED: _("Your pass had ended. What you wrote is kept, and the office looks at it."),
}


def said_of(report: DoorReport) -> str:
    return str(NOT_APPLIED[report.problem] if report.problem else APPLIED[report.outcome])


def level_of(report: DoorReport) -> str:
    if report.applied:
        return "success"
    return "info" if report.problem == Problem.SAME else "warning"
