"""What cooperatives were paid, for whoever wants to know whether the money arrives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fulfilment.payouts import proof


@require_safe
def paid(request: HttpRequest) -> HttpResponse:
    """Show what was paid by region and to women's cooperatives, of payments that went through."""
    now = timezone.now()
    context = {
        "figures": proof.figures(now),
        "now": now,
        "crumbs": [(_("What cooperatives were paid"), "")],
    }
    return render(request, "shop/paid.html", context)
