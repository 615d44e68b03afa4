"""Withdrawing from a purchase in two steps, "withdraw here" and "confirm", and the receipt of it.

Everything works without script and through the signed link; what was pressed twice is declared once.
"""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fulfilment.orders.models import Order
from fulfilment.orders.withdrawing import operations, policies
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.orders.withdrawing.queries import Offer, offer_of, withdrawals_of
from fulfilment.orders.withdrawing.words import promise

from .access import order_or_404, remember_key
from .forms import DeclarationForm, PiecesForm

UNPROCESSABLE = 422
REFUSALS = (
    operations.NotWithdrawable,
    operations.LineRefused,
    operations.MoreThanBought,
    operations.NotOfThisOrder,
    operations.NothingChosen,
)


def panel_of(order: Order, now: datetime) -> dict[str, Any]:
    """Return what the order's page says of sending back."""
    offer = offer_of(order, order.lines.all(), now)
    return {"offer": offer, "days_left": offer.days_left(now), "withdrawals": withdrawals_of(order)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Let the buyer choose what goes back; what was chosen well leads to the second step."""
    order = order_or_404(request, number)
    now = timezone.now()
    offer = offer_of(order, order.lines.all(), now)
    form = PiecesForm(offer.open_items, request.POST or None)
    if offer.is_open and request.method == "POST" and form.is_valid():
        answer = _second_step(request, order, form, _declaration(order))
    else:
        answer = _first_step(request, order, offer, form, now)
    return remember_key(request, answer, number)


@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Declare what the second step showed."""
    order = order_or_404(request, number)
    now = timezone.now()
    declaration = DeclarationForm(request.POST)
    if known := _declared(order, request.POST.get("confirmation", "")):
        return remember_key(request, redirect("orders:withdrawal", number, known.number), number)
    offer = offer_of(order, order.lines.all(), now)
    form = PiecesForm(offer.open_items, request.POST)
    if not (offer.is_open and form.is_valid()):
        return remember_key(request, _first_step(request, order, offer, form, now), number)
    if not declaration.is_valid():
        return remember_key(request, _second_step(request, order, form, declaration), number)
    try:
        withdrawal = operations.declare(
            order_id=order.pk,
            pieces=form.pieces,
            now=now,
            by=request.user if request.user.is_authenticated else None,
            **declaration.cleaned_data,
        )
    except REFUSALS:
        messages.error(request, _("Something changed meanwhile, and nothing was declared. Please look again."))
        return remember_key(request, redirect("orders:withdraw", number), number)
    return remember_key(request, redirect("orders:withdrawal", number, withdrawal.number), number)


@never_cache
@require_safe
def withdrawal(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Show the receipt of a withdrawal, and what became of it since."""
    order = order_or_404(request, number)
    found = _withdrawal_or_404(order, count)
    context = {"order": order, "withdrawal": found, "arrived": order.status in policies.ARRIVED, **_shop()}
    return remember_key(request, render(request, "shop/withdrawal.html", context), number)


@require_POST
def keep(request: HttpRequest, number: str, count: int) -> HttpResponse:
    """Call a withdrawal off: the buyer keeps the goods after all."""
    order = order_or_404(request, number)
    found = _withdrawal_or_404(order, count)
    by = request.user if request.user.is_authenticated else None
    try:
        operations.call_off(withdrawal_id=found.pk, now=timezone.now(), by=by)
    except operations.NotInState:
        messages.error(request, _("The goods are back already. Please call us."))
    else:
        messages.success(request, _("You keep the goods. Nothing is given back."))
    return remember_key(request, redirect("orders:withdrawal", number, count), number)


def _first_step(request: HttpRequest, order: Order, offer: Offer, form: PiecesForm, now: datetime) -> HttpResponse:
    context = {
        "order": order,
        "offer": offer,
        "form": form,
        "rows": [(item, form[f"line-{item.line.pk}"]) for item in offer.open_items],
        "refused": [(item, _why(item)) for item in offer.items if item.refused],
        "days_left": offer.days_left(now),
        "obstacle": "" if offer.is_open else _obstacle(offer),
        **_shop(),
    }
    refused = request.method == "POST"
    return render(request, "shop/withdraw.html", context, status=UNPROCESSABLE if refused else 200)


def _second_step(request: HttpRequest, order: Order, form: PiecesForm, declaration: DeclarationForm) -> HttpResponse:
    context = {"order": order, "form": form, "declaration": declaration, "now": timezone.now()}
    status = UNPROCESSABLE if declaration.errors else 200
    return render(request, "shop/withdraw_confirm.html", context, status=status)


def _declaration(order: Order) -> DeclarationForm:
    return DeclarationForm(initial={"name": order.buyer_name, "confirmation": secrets.token_urlsafe(12)})


def _declared(order: Order, confirmation: str) -> Withdrawal | None:
    return Withdrawal.objects.filter(order=order, confirmation=confirmation).first() if confirmation else None


def _withdrawal_or_404(order: Order, count: int) -> Withdrawal:
    found = next((one for one in withdrawals_of(order) if one.number == count), None)
    if found is None:
        raise Http404
    return found


def _obstacle(offer: Offer) -> str:
    """Name what the page says when nothing may be withdrawn."""
    if offer.way != policies.OPEN:
        return offer.way
    reasons = {item.refused for item in offer.items} - {policies.EXCLUDED}
    return policies.LATE if policies.LATE in reasons else (reasons.pop() if reasons else policies.EXCLUDED)


def _why(item: Any) -> str:
    if item.refused == policies.EXCLUDED:
        return promise(item.period)
    return _("The time to send it back is over.") if item.refused == policies.LATE else _("Sent back already.")


def _shop() -> dict[str, str]:
    return {"shop_phone": settings.SHOP_PHONE, "return_address": settings.SHOP_RETURN_ADDRESS}
