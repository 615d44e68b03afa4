"""What must be true of invoices."""

from collections.abc import Iterable

from django.db.models import CharField, Count, F, Func, Max

from catalogue.kernel.invariants import invariant

from .models import Invoice, Paper, Series


@invariant("invoices: the numbers of a year leave none out")
def numbers_have_no_gap() -> Iterable[object]:
    given = Invoice.objects.order_by().values("year").annotate(number=Count("pk"), highest=Max("sequence"))
    last = dict(Series.objects.values_list("year", "last"))
    return [row for row in given if not row["number"] == row["highest"] == last.get(row["year"])]


@invariant("invoices: an invoice asks for what its order asked for")
def totals_are_the_orders() -> Iterable[object]:
    return Invoice.objects.exclude(total_incl_tax=F("order__total_incl_tax"), currency=F("order__currency"))


@invariant("invoices: a paper is the one that was kept")
def papers_are_whole() -> Iterable[object]:
    kept = Func(F("pdf"), template="ENCODE(SHA256(%(expressions)s), 'hex')", output_field=CharField())
    return Paper.objects.exclude(sha256=kept).defer("pdf")
