"""Ordering on one page: it shows everything with sensible defaults, recomputes on request, and places."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalogue.cooperatives.strategy import Selector
from catalogue.kernel.shopping import HOME_COUNTRY, Shopping
from catalogue.lots.operations import SoldOut
from catalogue.places.models import UserAddress
from fulfilment.collecting.operations import address_at
from fulfilment.collecting.queries import pick_up_at, shop_of_code
from fulfilment.orders import operations as orders
from fulfilment.orders.policies import CARD, CASH
from fulfilment.orders.queries import order_of_basket
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import PickUp
from fulfilment.shipping.sending.queries import refusal_text
from storefront.basket.discounts import code_text
from storefront.basket.models import BasketMoved
from storefront.basket.operations import switch_currency
from storefront.customer.addresses.forms import initial_of
from storefront.customer.addresses.operations import keep_address
from storefront.orders.access import remember

from . import operations, page, policies
from .forms import CheckoutForm
from .recipients import told_apart

UNPROCESSABLE, CONFLICT, UNAVAILABLE = 422, 409, 503
YEAR = 365 * 24 * 3600
TOTAL_CHANGED = gettext_noop("The total has changed. Please look at it again; nothing has been ordered yet.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the page; a POST (``step=quote``) shows it again for what was typed, another country included."""
    if request.basket.is_empty:
        return redirect("basket:summary")
    if request.method != "POST":
        return _show(request, CheckoutForm(country=request.shopping.destination, initial=_initial(request)))
    try:
        moved = _follow_country(request)
    except BasketMoved:
        messages.info(request, _("This basket was ordered in the meantime. Please choose again."))
        return redirect("basket:summary")
    typed = {name: value for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "seal")}
    response = _show(request, CheckoutForm(country=request.shopping.destination, initial=typed))
    return _with_destination(request, response) if moved else response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Place the order, or say beside the fields what keeps us from it. A second press lands on the same order."""
    if request.method != "POST":  # another language or currency, chosen on a page that said what was wrong
        return redirect("checkout:index")
    basket_id, shown = policies.unseal(request.POST.get("seal", ""))
    if request.basket.pk is None or request.basket.pk != basket_id:
        return _ordered_already(request, basket_id)
    try:
        moved = _follow_country(request)
    except BasketMoved:
        return _ordered_already(request, basket_id)
    form = CheckoutForm(request.POST, country=request.shopping.destination)
    if moved:
        form.add_error(None, _(TOTAL_CHANGED))
        return _with_destination(request, _show(request, form, CONFLICT))
    if not form.is_valid():
        return _show(request, form, UNPROCESSABLE)
    try:
        wanted = _wanted(request, form, shown)
        placed = operations.place(basket_id=basket_id, wanted=wanted, now=timezone.now())
    except operations.NothingToOrder:
        return redirect("basket:summary")
    except operations.Busy:
        form.add_error(None, _("Many people are buying this right now. Please try again; nothing was taken."))
        return _show(request, form, UNAVAILABLE)
    except (
        SoldOut,
        operations.Switched,
        operations.VoucherRefused,
        orders.NotForSale,
        orders.NotSentThere,
        orders.TermsChanged,
        orders.DeliveryGone,
        orders.PaymentNotOffered,
    ) as error:
        _explain(request, form, error)
        return _show(request, form, CONFLICT)
    if request.user.is_authenticated and "keep" in request.POST and wanted.pick_up is None:
        keep_address(person=request.user, values=orders.addressed_to(wanted.recipient, wanted.address))
    return _thank(request, placed.number, wanted.payment_method)


def _thank(request: HttpRequest, number: str, payment_method: str) -> HttpResponse:
    if payment_method != CARD:  # a card is thanked for once it is charged
        messages.success(request, _("Thank you for your order. The confirmation is on its way to you."))
    return _to_order(request, number, payment_method)


def _ordered_already(request: HttpRequest, basket_id: int) -> HttpResponse:
    order = order_of_basket(basket_id) if basket_id else None
    if order is None:
        if request.basket.is_empty:
            return redirect("basket:summary")
        messages.info(request, _("Your basket has changed. Please look at it again before ordering."))
        return redirect("checkout:index")
    return _to_order(request, order.number, order.payment_method)


def _to_order(request: HttpRequest, number: str, payment_method: str) -> HttpResponse:
    response = redirect("orders:pay" if payment_method == CARD else "orders:detail", number)
    if not request.user.is_authenticated:
        remember(request, response, number)
    return response


def _show(request: HttpRequest, form: CheckoutForm, status: int = 200) -> HttpResponse:
    _page, context = page.build(request, form, timezone.now())
    return render(request, "shop/checkout.html", context, status=status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Return what a signed-in person need not type again."""
    user = request.user
    if not user.is_authenticated:
        return {}
    known = {"name": user.get_full_name(), "phone": user.phone or "", "email": user.email or ""}
    address = (
        UserAddress.objects.filter(user=user, country_id=request.shopping.destination)
        .order_by("-is_default_for_shipping", "-date_created")
        .first()
    )
    if address is None:
        return known
    return told_apart(known, initial_of(address))


def _follow_country(request: HttpRequest) -> bool:
    """Take over another destination chosen on the page: prices and rules are then those for it.

    Raises ``BasketMoved`` when the basket was ordered meanwhile.
    """
    wanted = request.POST.get("country", "")
    if wanted and not shipping.is_served(wanted):
        messages.warning(request, _("We do not deliver to this country yet."))
    if wanted == request.shopping.destination or not shipping.is_served(wanted):
        return False
    request.shopping = Shopping(currency=request.shopping.currency, destination=wanted)
    request.strategy = Selector().strategy(request=request, user=request.user)
    request.basket.strategy = request.strategy
    request.basket.reset_offer_applications()
    switch_currency(basket=request.basket, shopping=request.shopping, now=timezone.now())
    return True


def _with_destination(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.set_cookie(
        settings.DESTINATION_COOKIE,
        request.shopping.destination,
        max_age=YEAR,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response


def _wanted(request: HttpRequest, form: CheckoutForm, shown: tuple[str, ...]) -> operations.Wanted:
    """Return what the form says. Raises ``DeliveryGone`` for a shop where nothing is fetched any more."""
    address, pick_up = _fetched(form) if form.is_fetched else (form.values(), None)
    return operations.Wanted(
        shopping=request.shopping,
        language=(get_language() or "ar")[:2],
        address=address,
        email=form.cleaned_data["email"],
        delivery=form.cleaned_data["delivery"],
        payment_method=form.cleaned_data["payment"],
        shown=shown,
        user_id=request.user.pk if request.user.is_authenticated else None,
        recipient=form.recipient(),
        invoice_to=form.invoice_to(),
        pick_up=pick_up,
    )


def _fetched(form: CheckoutForm) -> tuple[dict[str, Any], PickUp]:
    """Return the address of the shop that the form names, and when the order can be fetched there."""
    shop = shop_of_code(form.cleaned_data["delivery"])
    pick_up = pick_up_at(shop, timezone.now()) if shop else None
    if shop is None or pick_up is None:
        raise orders.DeliveryGone(form.cleaned_data["delivery"])
    return address_at(shop, form.cleaned_data["name"], form.cleaned_data["phone"]), pick_up


def _explain(request: HttpRequest, form: CheckoutForm, error: Exception) -> None:
    """Say what is wrong where it can be put right; lines are named on the page itself, read again."""
    request.basket.reset_offer_applications()
    if isinstance(error, orders.DeliveryGone):
        form.add_error("delivery", _("This way is not offered for this address. Please choose another."))
    elif isinstance(error, orders.PaymentNotOffered):
        form.add_error("payment", _not_paid_so_text(form))
    for text in _texts(request, error):
        form.add_error(None, text)


def _texts(request: HttpRequest, error: Exception) -> list[str]:
    """Return what concerns no single field."""
    match error:
        case SoldOut():
            return [
                _sold_out_text(line.product.title, error.left[line.stockrecord_id])
                for line in request.basket.all_lines()
                if line.stockrecord_id in error.left
            ]
        case orders.NotSentThere():
            return _not_sent_texts(request, error)
        case orders.NotForSale():
            return [_("Some products cannot be ordered like this: see the marked lines.")]
        case operations.Switched():
            return [_("You chose another currency or country in another window. Nothing was ordered.")]
        case operations.VoucherRefused():
            language, currency = (get_language() or "ar")[:2], request.shopping.currency
            return [f"{code_text(error.note, currency, language)} {_(TOTAL_CHANGED)}"]
        case orders.TermsChanged():
            return [_(TOTAL_CHANGED)]
    return []


def _not_paid_so_text(form: CheckoutForm) -> str:
    """Say the same whatever keeps cash from being offered: a number is typed by anyone, and has no history here."""
    if form.cleaned_data.get("payment") == CASH and form.country == HOME_COUNTRY:
        return _("Cash is not possible for this order. Please choose another way to pay, or call us.")
    return _("This way to pay is not offered here. Please choose another.")


def _not_sent_texts(request: HttpRequest, error: orders.NotSentThere) -> list[str]:
    """Name each product that may not go there, with the reason."""
    reasons = {item.stockrecord_id: refusal_text(item.refused_by, error.heaviest_g) for item in error.items}
    return [
        _("“%(title)s” was not ordered: %(reason)s")
        % {"title": line.product.title, "reason": reasons[line.stockrecord_id]}
        for line in request.basket.all_lines()
        if line.stockrecord_id in reasons
    ]


def _sold_out_text(title: str, left: int) -> str:
    if left <= 0:
        return _("“%(title)s” was sold to someone else a moment ago. Nothing has been ordered.") % {"title": title}
    text = ngettext(
        "Only %(left)s of “%(title)s” is left. Nothing has been ordered.",
        "Only %(left)s of “%(title)s” are left. Nothing has been ordered.",
        left,
    )
    return text % {"left": left, "title": title}
