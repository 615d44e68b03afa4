"""What buyers reported of a cooperative's goods. Nothing here says who bought, in which words or where."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fulfilment.complaints import queries

from .. import access
from ..access import Desk

PER_PAGE = 30


@access.portal_page()
def reports(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List reported pieces, the newest first, with what the office answered."""
    page = Paginator(queries.reported_of(desk.cooperative), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/reports.html", {"page_obj": page})
