"""Products and their stock, and counting the shelf."""

from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.lots import operations

from .. import access, queries
from ..access import Desk
from ..forms import CountForm

PER_PAGE = 30


@access.portal_page()
def products(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List products with what is on the shelf; ``?low=1`` only those that run out."""
    only_low = request.GET.get("low") == "1"
    records = queries.running_out(desk.cooperative) if only_low else queries.products(desk.cooperative)
    page = Paginator(records, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/stock.html", {"page_obj": page, "only_low": only_low})


@access.portal_page()
def count(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Take a count of one product."""
    record = get_object_or_404(queries.products(desk.cooperative), pk=pk)
    form = CountForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_count(
                stockrecord_id=record.pk,
                counted=form.cleaned_data["counted"],
                key=form.cleaned_data["key"],
                counted_by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
            )
        except operations.BelowPromised as error:
            form.add_error("counted", str(error))
        else:
            words = {"product": record.product.title, "number": form.cleaned_data["counted"]}
            messages.success(request, _("Saved: %(product)s, %(number)d.") % words)
            return redirect("portal:stock", desk.cooperative.slug)
    context = {"record": record, "form": form, "counts": queries.counts(record)}
    return render(request, "portal/count.html", context)
