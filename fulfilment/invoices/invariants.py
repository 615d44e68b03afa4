"""What must be true of invoices."""

from collections.abc import Iterable

from django.db.models import F
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from fulfilment.documents.keeping import altered
from fulfilment.documents.numbering import gaps
from fulfilment.payments.queries import collected_for

from .crediting import invariants  # noqa: F401 - declared where it is written, registered with these
from .models import Invoice, Paper, Series


@invariant("invoices: the numbers of a year leave none out")
def numbers_have_no_gap() -> Iterable[object]:
    return gaps(Invoice, Series)


@invariant("invoices: an invoice asks for what its order asked for")
def totals_are_the_orders() -> Iterable[object]:
    """Of an order paid parcel by parcel, what was accepted was asked for."""
    asked = Coalesce(collected_for("order"), F("order__total_incl_tax"))
    return Invoice.objects.annotate(asked=asked).exclude(total_incl_tax=F("asked"), currency=F("order__currency"))


@invariant("invoices: a paper is the one that was kept")
def papers_are_whole() -> Iterable[object]:
    return altered(Paper)
