"""What must be true of what goes abroad."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import DecimalField, F, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from catalogue.kernel.invariants import invariant
from fulfilment.documents.keeping import altered
from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import Source
from fulfilment.ledger.queries import not_as_expected

from .models import CustomsPaper, ExportVat, ProofScan
from .queries import without_papers
from .tasks import MAKE_PAPERS
from .taxing import entry_of


@invariant("customs: a paper is the one that was kept")
def papers_are_whole() -> Iterable[object]:
    return altered(CustomsPaper)


@invariant("customs: a scan is the one that was taken in")
def scans_are_whole() -> Iterable[object]:
    return altered(ProofScan, "content")


@invariant("customs: what is declared of a parcel is what was paid for it")
def values_are_what_was_paid() -> Iterable[object]:
    declared = Cast(KeyTextTransform("value", "content"), DecimalField(max_digits=12, decimal_places=2))
    paid = Sum("consignment__lines__order_line__line_price_incl_tax")
    papers = CustomsPaper.objects.annotate(declared=declared, paid=paid).defer("pdf")
    yield from papers.exclude(declared=F("paid"))
    for paper in CustomsPaper.objects.defer("pdf").iterator():
        rows, said = paper.content["rows"], paper.content
        value, net_g = sum(Decimal(row["value"]) for row in rows), sum(row["net_g"] for row in rows)
        if (value, net_g) != (Decimal(said["value"]), said["net_g"]) or net_g > said["gross_g"]:
            yield paper


@invariant("customs: VAT on exports is in the ledger as it was agreed, and no other")
def agreed_vat_is_booked() -> Iterable[object]:
    rows = ExportVat.objects.filter(answer=ExportVat.Answer.AGREED).select_related("consignment__order")
    yield from not_as_expected(entry for row in rows if (entry := entry_of(row, row.answered_at or row.asked_at)))
    entries = Entry.objects.filter(source=Source.EXPORT_VAT)
    yield from entries.filter(export_vat=None)


@invariant("customs: a parcel packed to go abroad has its papers or the job that makes them")
def papers_or_their_job() -> Iterable[object]:
    waiting = list(without_papers())
    keys = [f"customs:{parcel.pk}" for parcel in waiting]
    jobs = Job.objects.filter(task=MAKE_PAPERS, key__in=keys).exclude(state=Job.State.DONE)
    has_job = set(jobs.values_list("key", flat=True))
    return [parcel for parcel in waiting if f"customs:{parcel.pk}" not in has_job]
