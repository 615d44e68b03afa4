"""The page behind the QR on a jar."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalogue.kernel.periods import day_of

from ..errors import NotHere
from ..tracing import NoSuchLot, trace_of

LONGEST = 40


@cache_control(private=True, max_age=60)  # soon enough for who looks again after a recall
@require_safe
def trace(request: HttpRequest, number: str) -> HttpResponse:
    try:
        found = trace_of(number[: LONGEST + 1], day_of(timezone.now()))
    except NoSuchLot:
        raise NotHere(_("We know no lot of this number. Please compare it with what stands on the jar.")) from None
    crumbs = [(_("Where it comes from"), "")]
    return render(request, "shop/trace.html", {"trace": found, "product": found.product, "crumbs": crumbs})
