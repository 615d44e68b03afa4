"""The way in, a cooperative's first page, and what only its owner sees."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalogue.joining.queries import payout_terms
from catalogue.receiving.queries import call_offs_for
from fulfilment.payouts import queries as payouts
from fulfilment.warehouse import queries as warehouse

from .. import access, queries
from ..access import Desk

SHOWN = 4


def choose(request: HttpRequest) -> HttpResponse:
    """Lead to the one cooperative that someone works for, or let them choose."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    own = access.memberships(request)
    if not own:
        raise Http404
    if len(own) == 1:
        return redirect("portal:desk", own[0].cooperative.slug)
    return render(request, "portal/choose.html", {"memberships": own})


@access.portal_page()
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what to prepare, what is to be received, and what runs out."""
    low = list(queries.running_out(desk.cooperative))
    context = {
        "waiting": warehouse.for_cooperative(desk.cooperative, limit=SHOWN),
        "waiting_count": warehouse.waiting_of(desk.cooperative),
        "owed": payouts.owed(desk.cooperative, timezone.now()),
        "wanted": call_offs_for(desk.cooperative)[:SHOWN],
        "low": low[:SHOWN],
        "low_count": len(low),
    }
    return render(request, "portal/home.html", context)


@access.portal_page(owner_only=True)
def cooperative(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the account the money goes to and the people who work here."""
    people = desk.cooperative.memberships.select_related("user").order_by("-role", "pk")
    return render(request, "portal/cooperative.html", {"people": people, "terms": payout_terms(desk.cooperative)})
