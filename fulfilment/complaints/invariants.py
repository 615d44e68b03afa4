"""What must be true of complaints."""

from collections.abc import Iterable

from django.db.models import Count, F, Sum

from catalogue.kernel.invariants import invariant
from fulfilment.orders.models import Line
from fulfilment.payments.models import Refund

from .models import Complaint, ComplaintLine, Decision


@invariant("complaints: no piece is reported that was not bought")
def within_bought() -> Iterable[object]:
    reported = Line.objects.annotate(reported=Sum("complaint_lines__quantity"))
    return reported.filter(reported__gt=F("quantity"))


@invariant("complaints: each names lines of its own order")
def of_one_order() -> Iterable[object]:
    yield from ComplaintLine.objects.exclude(line__order_id=F("complaint__order_id"))
    yield from Complaint.objects.filter(lines=None)


@invariant("complaints: one answer stands, and gives back money of its own order")
def one_answer() -> Iterable[object]:
    standing = Decision.objects.exclude(refund__state=Refund.State.DECLINED).order_by().values("complaint")
    yield from standing.annotate(answers=Count("pk")).filter(answers__gt=1)
    paid = Decision.objects.filter(refund__isnull=False)
    yield from paid.exclude(refund__attempt__order_id=F("complaint__order_id"))
