"""A shop's counter: what to prepare, what waits, handing over, selling. One page for phones, one for the sale."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.kernel.formats import money
from catalogue.lots.models import Place
from catalogue.lots.operations import SoldOut
from fulfilment.collecting import operations, queries
from fulfilment.collecting.models import Collection, CounterSale
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH
from fulfilment.orders.queries import for_page
from fulfilment.shipping.queries import METHOD_NAMES
from fulfilment.warehouse.operations import ImpossibleMove, NotToBeSent, PiecesMissing, StillAsked
from storefront.orders.doors import refused_of
from storefront.orders.money import money_of

from . import limits
from .access import counter_page, kept_by
from .forms import BuyerForm, key_of
from .sale import Sale, read_sale

UNPROCESSABLE, CONFLICT = 422, 409
SHOWN = 60
SHORT = gettext_lazy("Something of it is missing, or may not be sold any more. The office sees to it.")


@never_cache
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Lead a keeper to the shop they keep, or let them choose."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    kept = kept_by(request)
    if not kept:
        raise Http404
    if len(kept) == 1:
        return redirect("counter:waiting", kept[0].code.lower())
    return render(request, "counter/choose.html", {"places": kept})


@never_cache
@require_safe
@counter_page
def waiting(request: HttpRequest, place: Place) -> HttpResponse:
    """Show what is to be prepared and what waits; ``?q=`` finds one by code, number or phone."""
    written = request.GET.get("q", "").strip()[:60]
    found: list[Collection] | None = list(queries.waiting_at(place.pk)[:SHOWN])
    if written:
        found = _found(request, place, written)
    context = {
        "place": place,
        "q": written,
        "waiting": found or [],
        "to_prepare": queries.to_prepare_at(place.pk)[:SHOWN],
        "now": timezone.now(),
    }
    return render(request, "counter/waiting.html", context)


def _found(request: HttpRequest, place: Place, written: str) -> list[Collection]:
    keeper = int(request.user.pk or 0)
    if limits.is_over(keeper):
        messages.error(request, _("Too many codes that fit nothing. Look for the number of the order, or wait."))
        return []
    found = queries.found_at(place.pk, written)
    if found is None:
        limits.miss(keeper)
    if not found:
        messages.warning(request, _("Nothing like this waits here."))
    return found or []


@require_POST
@counter_page
def prepare(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Say that a parcel stands packed."""
    try:
        operations.prepare(consignment_id=pk, place_id=place.pk, by=request.user, now=timezone.now())
    except operations.NotWaiting:
        raise Http404 from None
    except ImpossibleMove:
        messages.error(request, _("This was cancelled, or packed by someone else. Nothing was changed."))
    except (StillAsked, NotToBeSent, PiecesMissing):
        messages.error(request, SHORT)
    else:
        messages.success(request, _("Packed. Whoever comes for it has been told."))
    return _back(place)


@require_POST
@counter_page
def hand_over(request: HttpRequest, place: Place, number: str) -> HttpResponse:
    """Check the code, take the cash where it is due, and give the parcel out."""
    order = _order(place, number)

    def give() -> str:
        operations.hand_over(
            order_id=order.pk,
            place_id=place.pk,
            code=request.POST.get("code", "")[:20],
            by=request.user,
            now=timezone.now(),
        )
        if order.payment_method != CASH:
            return _("Handed over. It was paid before.")
        amount = money(order.total_incl_tax, order.currency, (get_language() or "ar")[:2])
        return _("Handed over. %(amount)s in cash is in your till.") % {"amount": amount}

    return _done(request, place, give)


@require_POST
@counter_page
def longer(request: HttpRequest, place: Place, number: str) -> HttpResponse:
    """Keep an order longer, once."""
    order = _order(place, number)

    def keep() -> str:
        operations.extend(order_id=order.pk, place_id=place.pk, now=timezone.now())
        return _("It is kept longer.")

    return _done(request, place, keep)


@require_POST
@counter_page
def new_code(request: HttpRequest, place: Place, number: str) -> HttpResponse:
    """Send the buyer another code."""
    order = _order(place, number)

    def send() -> str:
        operations.give_new_code(order_id=order.pk, place_id=place.pk, now=timezone.now())
        return _("Another code is on its way to the buyer. The last one opens nothing any more.")

    return _done(request, place, send)


def _order(place: Place, number: str) -> Order:
    order = Order.objects.filter(number=number, collect_at=place).first()
    if order is None:
        raise Http404
    return order


def _done(request: HttpRequest, place: Place, action: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, action())
    except operations.WrongCode as wrong:
        messages.error(
            request,
            _("This code does not fit. Nothing was handed over; tries left: %(left)s") % {"left": wrong.left},
        )
    except operations.CodeLocked:
        messages.error(request, _("Too many wrong codes. Send the buyer a new one."))
    except operations.TooLate:
        messages.error(request, _("It was kept as long as was promised. Keep it longer first, if it is still here."))
    except operations.ExtendedAlready:
        messages.error(request, _("It was kept longer once already. Call the office."))
    except operations.NoMoreCodes:
        messages.error(request, _("Several codes were sent already. Call the office."))
    except (operations.NotWaiting, ImpossibleMove):
        messages.error(
            request, _("It does not wait here any more: it was handed over, or let go. Nothing was changed.")
        )
    except (StillAsked, NotToBeSent, PiecesMissing):
        messages.error(request, SHORT)
    return _back(place)


def _back(place: Place) -> HttpResponse:
    return redirect("counter:waiting", place.code.lower())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@counter_page
def sell(request: HttpRequest, place: Place) -> HttpResponse:
    """Add up what is bought (``step=sum``), then take the money (``step=sell``)."""
    buyer, key = BuyerForm(request.POST or None), key_of(request.POST.get("key", ""))
    sale = read_sale(place, request.POST, timezone.now())
    status = 200
    if request.method == "POST" and request.POST.get("step") == "sell":
        status = UNPROCESSABLE
        if buyer.is_valid() and sale.can_be_sold:
            try:
                sold = operations.sell(
                    place_id=place.pk,
                    items=sale.items,
                    shown=request.POST.get("seal", ""),
                    key=key,
                    language=(get_language() or "ar")[:2],
                    by=request.user,
                    now=timezone.now(),
                    name=buyer.cleaned_data["name"],
                    phone=buyer.cleaned_data["phone"],
                )
            except (
                SoldOut,
                orders.NotForSale,
                orders.TermsChanged,
                orders.PaymentNotOffered,
                operations.Nameless,
            ) as no:
                messages.error(request, _why(no))
                sale, status = read_sale(place, request.POST, timezone.now()), CONFLICT
            else:
                return redirect("counter:receipt", place.code.lower(), sold.order.number)
    return _sale_page(request, place, sale, buyer, key, status)


def _sale_page(request: HttpRequest, place: Place, sale: Sale, buyer: BuyerForm, key: Any, status: int) -> HttpResponse:
    context = {"place": place, "sale": sale, "form": buyer, "key": key}
    return render(request, "counter/sell.html", context, status=status)


def _why(error: Exception) -> str:
    match error:
        case SoldOut():
            return _("There is less of it here than was typed. Nothing was sold.")
        case orders.TermsChanged():
            return _("The sum has changed. Look at it again; nothing was sold.")
        case operations.Nameless():
            return _("This shop has no phone of its own yet: ask for the buyer's name and phone. Nothing was sold.")
        case orders.PaymentNotOffered():
            return _("So much cash cannot be taken for one sale. Nothing was sold.")
    return _("Something of it has no price, or is not sold any more. Nothing was sold.")


@never_cache
@require_safe
@counter_page
def receipt(request: HttpRequest, place: Place, number: str) -> HttpResponse:
    """Show what was sold on one sheet, to print."""
    if not CounterSale.objects.filter(place=place, order__number=number).exists():
        raise Http404
    order = for_page(number)
    assert order is not None
    lines = list(order.lines.all())
    context = {
        "place": place,
        "order": order,
        "lines": lines,
        "refused": refused_of(order, lines),
        "money": money_of(order, lines),
        "method": METHOD_NAMES.get(order.shipping_code, order.shipping_method),
    }
    return render(request, "counter/receipt.html", context)
