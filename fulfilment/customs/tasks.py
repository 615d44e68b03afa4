"""Jobs of customs papers."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations

MAKE_PAPERS = "fulfilment.customs.make_papers"


@job(MAKE_PAPERS)
def make_papers(*, consignment_id: int) -> None:
    operations.make_papers(consignment_id=consignment_id, now=timezone.now())


@job("fulfilment.customs.make_missing_papers", queue="bulk")
def make_missing_papers() -> None:
    operations.make_missing_papers(now=timezone.now())
