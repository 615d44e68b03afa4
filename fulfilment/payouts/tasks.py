"""Jobs about what cooperatives earn and are paid."""

from django.utils import timezone

from catalogue.people.models import User
from fulfilment.jobs.tasks import job

from . import operations
from .models import StatementPaper

RECORD_EARNINGS = "fulfilment.payouts.record_earnings"
DRAFT_RUN = "fulfilment.payouts.draft_run"
STATEMENT = "fulfilment.payouts.statement"


@job(RECORD_EARNINGS, queue="money", in_transaction=True)
def record_earnings(*, consignment_id: int, order_id: int | None = None) -> None:
    operations.record_earnings(consignment_id=consignment_id, now=timezone.now())


@job(DRAFT_RUN, queue="bulk", in_transaction=True)
def draft_run(*, cycle: str, by_id: int | None = None) -> None:
    """Draft a cycle's payments, by nobody where the clock asks for it: among much else, so it may take long."""
    by = User.objects.get(pk=by_id) if by_id else None
    operations.draft(cycle=cycle, now=timezone.now(), by=by)


@job(STATEMENT, queue="bulk")
def statement(*, payout_id: int) -> None:
    """Make a payout's statement on paper in each language, as it stands now."""
    for language in StatementPaper.Language.values:
        operations.make_statement_paper(payout_id=payout_id, language=language, now=timezone.now())
