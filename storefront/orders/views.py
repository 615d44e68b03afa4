"""An order's page, and finding the way back to it."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.kernel.formats import money
from catalogue.places.names import country_name
from fulfilment.invoices.crediting.queries import notes_of
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH, may_cancel
from fulfilment.orders.transfers import account_in
from fulfilment.payments import operations as payments
from fulfilment.payments.gateways.base import ProviderRefused, ProviderUnavailable
from fulfilment.payments.models import Refund
from fulfilment.payments.queries import Standing, refunds_of, standing_of
from fulfilment.shipping.queries import METHOD_NAMES
from fulfilment.warehouse.queries import with_sellers
from fulfilment.warehouse.shortages.queries import asked_of

from . import complaining, operations, withdrawing
from .access import order_or_404, remember, remember_key
from .doors import refused_of
from .fetching import fetching_of
from .forms import CodeForm, FindForm
from .money import money_of, paid_of
from .parcels import ways_of
from .recalling import notices_of
from .timeline import steps_of

ASKED = "order_code"
UNPAID = (Order.Status.PENDING_PAYMENT, Order.Status.PENDING_CONFIRMATION, Order.Status.CONFIRMED)
UNPROCESSABLE = 422


@never_cache
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    order, now = order_or_404(request, number), timezone.now()
    parcels = with_sellers(order)
    unpaid = order.status == Order.Status.PENDING_PAYMENT
    payments_stand = standing_of(order.pk) if unpaid else Standing(payable=False, held=False)
    cancellable = may_cancel(order.status, (parcel.state for parcel in parcels))
    lines = list(order.lines.all())
    refused = refused_of(order, lines)
    refunds = refunds_of(order.pk) if order.status not in UNPAID else []
    recalled = notices_of(order, parcels)
    context = {
        "order": order,
        "lines": lines,
        "recalled": recalled,
        "recalled_lines": {line for notice in recalled for line in notice.lines},
        "refused": refused,
        "money": money_of(order, refused.kept if refused else lines),
        "paid_lines": paid_of(order, refused.kept if refused else lines),
        "steps": steps_of(order),
        "ways": ways_of(order, parcels, lines),
        "method": METHOD_NAMES.get(order.shipping_code, order.shipping_method),
        "address": order.shipping_address,
        **fetching_of(order),
        "country": country_name((get_language() or "ar")[:2], order.destination),
        "asked": asked_of(order) if order.status == Order.Status.PREPARING else (),
        "now": now,
        "to_pay": payments_stand.payable,
        "held": payments_stand.held,
        "on_card": payments_stand.on_card,
        "payment_over": unpaid and payments_stand.over,
        "transfer": account_in(order.currency) if payments_stand.awaited and not payments_stand.held else None,
        "refunds": refunds,
        "credit_notes": notes_of(order.pk) if refunds and hasattr(order, "invoice") else (),
        **withdrawing.panel_of(order, now),
        **complaining.panel_of(order, now),
        "waits": order.status in UNPAID,
        "can_cancel": cancellable and not payments_stand.held,  # the operation decides
        "paid": order.payment_method != CASH and order.status not in UNPAID,
    }
    return remember_key(request, render(request, "shop/order.html", context), number)


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    order = order_or_404(request, number)
    by = request.user if request.user.is_authenticated else None
    try:
        payments.cancel_order(order_id=order.pk, now=timezone.now(), by=by)
    except payments.MoneyHeld:
        messages.warning(request, _("We are looking at this payment ourselves and will call you."))
    except (orders.TooLateToCancel, payments.StillPaying):
        messages.error(request, _("It is too late to cancel this order here. Please call us."))
    except (ProviderUnavailable, ProviderRefused):
        messages.error(request, _("The bank does not answer at the moment. Please try again in a few minutes."))
    else:
        messages.success(request, _cancelled_words(order))
    return remember_key(request, redirect("orders:detail", number), number)


def _cancelled_words(order: Order) -> str:
    back = [refund for refund in refunds_of(order.pk) if refund.state not in Refund.NULL_STATES]
    if not back:
        return _("The order is cancelled. Nothing will be sent or taken.")
    amount = money(sum(refund.amount for refund in back), order.currency, (get_language() or "ar")[:2])
    return _("The order is cancelled. All you paid, %(amount)s, is on its way back to you.") % {"amount": amount}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for number and phone, then for the code; says the same whether such an order exists or not."""
    if "code" in request.POST:
        return _check_code(request)
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = operations.ask_code(
            number=form.cleaned_data["number"], phone=form.cleaned_data["phone"], now=timezone.now()
        )
        request.session[ASKED] = asdict(asked)
        return _code_page(request, CodeForm())
    return render(request, "shop/order_find.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


def _check_code(request: HttpRequest) -> HttpResponse:
    kept: dict[str, Any] | None = request.session.get(ASKED)
    if kept is None:
        return redirect("orders:find")
    asked, form = operations.Asked(**kept), CodeForm(request.POST)
    if form.is_valid():
        try:
            order = operations.check_code(asked=asked, code=form.cleaned_data["code"], now=timezone.now())
        except operations.WrongCode:
            request.session[ASKED] = asdict(asked)
            form.add_error("code", _("This code does not fit, or it is too old. You can ask for another one."))
        else:
            del request.session[ASKED]
            response = redirect("orders:detail", order.number)
            remember(request, response, order.number)
            return response
    return _code_page(request, form)


def _code_page(request: HttpRequest, form: CodeForm) -> HttpResponse:
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "shop/order_code.html", {"form": form}, status=status)
