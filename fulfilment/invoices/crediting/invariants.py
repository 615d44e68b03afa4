"""What must be true of credit notes."""

from collections.abc import Iterable

from django.db.models import Case, F, Sum, When

from catalogue.kernel.invariants import invariant
from fulfilment.documents.keeping import altered
from fulfilment.documents.numbering import gaps
from fulfilment.invoices.models import Invoice
from fulfilment.jobs.models import Job
from fulfilment.payments.models import Refund

from .models import CreditNote, CreditPaper, CreditSeries
from .queries import to_cancel, to_credit

SIGNED = Case(
    When(credit_notes__cancels=None, then=F("credit_notes__total_incl_tax")), default=-F("credit_notes__total_incl_tax")
)


@invariant("credit notes: the numbers of a year leave none out")
def numbers_have_no_gap() -> Iterable[object]:
    return gaps(CreditNote, CreditSeries)


@invariant("credit notes: all of an invoice come to no more than it")
def within_the_invoice() -> Iterable[object]:
    credited = Invoice.objects.filter(credit_notes__isnull=False).annotate(credited=Sum(SIGNED))
    return credited.exclude(credited__gte=0, credited__lte=F("total_incl_tax"))


@invariant("credit notes: each says what its refund gives back")
def say_what_goes_back() -> Iterable[object]:
    agree = {"total_incl_tax": F("refund__amount"), "currency": F("refund__currency")}
    yield from CreditNote.objects.exclude(invoice__order=F("refund__attempt__order"), **agree)
    yield from CreditNote.objects.filter(cancels__isnull=False).exclude(
        cancels__refund=F("refund"), total_incl_tax=F("cancels__total_incl_tax")
    )


@invariant("credit notes: what goes back of an invoiced order is credited, or has the job that does it")
def refunds_are_credited() -> Iterable[object]:
    for name, found in (("credit", to_credit()), ("uncredit", to_cancel())):
        yield from _without_job(name, list(found))


def _without_job(name: str, refunds: list[Refund]) -> Iterable[object]:
    keys = [f"{name}:{refund.pk}" for refund in refunds]
    keys += [f"invoice:{refund.attempt.order_id}" for refund in refunds]
    waiting = set(Job.objects.filter(key__in=keys).exclude(state=Job.State.DONE).values_list("key", flat=True))
    return [
        refund
        for refund in refunds
        if waiting.isdisjoint({f"{name}:{refund.pk}", f"invoice:{refund.attempt.order_id}"})
    ]


@invariant("credit notes: a paper is the one that was kept")
def papers_are_whole() -> Iterable[object]:
    return altered(CreditPaper)
