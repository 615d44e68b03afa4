"""What must be true of invoices."""

from collections.abc import Iterable

from django.db.models import CharField, Count, F, Func, Max
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from fulfilment.payments.queries import collected_for

from .models import Invoice, Paper, Series


@invariant("invoices: the numbers of a year leave none out")
def numbers_have_no_gap() -> Iterable[object]:
    given = Invoice.objects.order_by().values("year").annotate(number=Count("pk"), highest=Max("sequence"))
    last = dict(Series.objects.values_list("year", "last"))
    return [row for row in given if not row["number"] == row["highest"] == last.get(row["year"])]


@invariant("invoices: an invoice asks for what its order asked for")
def totals_are_the_orders() -> Iterable[object]:
    """Of an order paid parcel by parcel, what was accepted was asked for."""
    asked = Coalesce(collected_for("order"), F("order__total_incl_tax"))
    return Invoice.objects.annotate(asked=asked).exclude(total_incl_tax=F("asked"), currency=F("order__currency"))


@invariant("invoices: a paper is the one that was kept")
def papers_are_whole() -> Iterable[object]:
    kept = Func(F("pdf"), template="ENCODE(SHA256(%(expressions)s), 'hex')", output_field=CharField())
    return Paper.objects.exclude(sha256=kept).defer("pdf")
