"""What cooperatives are asked for before it runs out."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.receiving import operations
from catalogue.receiving.models import CallOff
from storefront.announcing.forms import PiecesField
from storefront.office import access

from .queries import call_offs_ended, call_offs_open

SHOWN = 30


@access.office_page(access.VIEW_STOCK)
def call_offs(request: HttpRequest) -> HttpResponse:
    """List what the figures propose and what was asked."""
    return render(request, "office/stock/wanted.html", {"open": call_offs_open(), "ended": call_offs_ended()[:SHOWN]})


@require_POST
@access.office_page(access.VIEW_STOCK, access.CALL_OFF)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Ask a cooperative, or not ask after all."""
    person, now = access.person(request), timezone.now()
    field = PiecesField(min_value=1)
    try:
        if step == "ask":
            quantity = field.clean(request.POST.get("quantity"))
            operations.ask_call_off(call_off_id=pk, quantity=quantity, by=person, now=now)
            messages.success(request, _("Asked. The cooperative sees it in its pages and gets a message."))
        elif step == "drop":
            operations.drop_call_off(call_off_id=pk, by=person, now=now)
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except operations.CallOffMoved:
        messages.warning(request, _("Someone was faster. Look again."))
    except CallOff.DoesNotExist:
        raise Http404 from None
    return redirect("office:stock-wanted")
