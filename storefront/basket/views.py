"""Looking at the basket and changing it."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.cooperatives.queries import priced_stockrecords
from catalogue.products.models import Product
from storefront.breakdown.tables import table_of
from storefront.vouchers.limits import TooManyMisses
from storefront.vouchers.operations import NoSuchCode

from . import arrivals, changes, discounts, operations, queries
from .forms import AddForm, CodeForm, LineForm
from .models import BasketMoved

UNPROCESSABLE = 422


@never_cache
@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest, wrong: dict[int, LineForm] | None = None, code_form: CodeForm | None = None
) -> HttpResponse:
    basket = request.basket
    lines = queries.lines_for_page(basket, get_language() or "en")
    for view in lines:
        view.form = (wrong or {}).get(view.line.pk) or _line_form(view.line)
    quote = discounts.quote_for_page(basket, lines, request.shopping, discounts.buyer_of(request.user), timezone.now())
    context = {
        "basket": basket,
        "lines": lines,
        "total": queries.total(lines),
        "changes": changes.summary_of(lines),
        "breakdown": table_of(
            queries.breakdown(
                lines, currency=quote.currency, mad_per_unit=quote.mad_per_unit, discounts=quote.discounts
            )
        ),
        "quote": quote,
        "said": discounts.said_of(quote),
        "code_form": code_form or CodeForm(),
        "currency": request.shopping.currency,
        "arrival": arrivals.for_lines(lines, quote, shopping=request.shopping, now=timezone.now()),
        "can_order": bool(lines) and not any(view.problem for view in lines),
    }
    return render(request, "shop/basket.html", context, status=UNPROCESSABLE if wrong or code_form else 200)


def _line_form(line: Any, data: Any = None) -> LineForm:
    return LineForm(data, initial={"quantity": line.quantity}, auto_id=f"line-{line.pk}-%s")


class OfferGone(Exception):
    """The seller chosen does not offer the product any more; another's must not take its place unasked."""

    def __init__(self) -> None:
        super().__init__(_("This product is not for sale at the moment."))


def _chosen(records: list[Any], wanted: int) -> Any:
    for record in records:
        if record.pk == wanted:
            return record
    raise OfferGone


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add to the basket; read without a form, as after a change of language, it leads back to the product."""
    now = timezone.now()
    product = get_object_or_404(Product.objects.select_related("family"), pk=pk, is_public=True)
    if request.method != "POST":
        return redirect(product)
    records = list(priced_stockrecords(request.shopping, now).filter(product=product))
    form = AddForm(request.POST)
    choice = queries.that_may_go(records, product, shopping=request.shopping, now=now)
    product._prefetched_objects_cache = {"stockrecords": choice}  # the strategy chooses among these, priced
    if form.is_valid():
        wanted = form.cleaned_data["stockrecord"]
        try:
            moved = operations.add(
                basket=request.basket,
                product=product,
                stockrecord=_chosen(records, wanted) if wanted else None,
                quantity=form.cleaned_data["quantity"],
            )
        except (OfferGone, operations.NotForSale, operations.OnlyLeft, operations.BasketFull) as error:
            form.add_error("quantity", str(error))
        except BasketMoved:
            messages.info(request, _("This basket was ordered in the meantime. Please choose again."))
            return redirect("basket:summary")
        else:
            messages.success(request, _("“%(title)s” is in your basket.") % {"title": product.title})
            changes.tell(request, moved, get_language() or "en")
            return redirect("basket:summary")
    context = {"form": form, "product": product}
    return render(request, "shop/basket_add.html", context, status=UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def update(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        return redirect("basket:summary")
    data = {"quantity": "0"} if "remove" in request.POST else request.POST
    form = LineForm(data, auto_id=f"line-{pk}-%s")
    if form.is_valid():
        try:
            moved = operations.set_quantity(basket=request.basket, line_id=pk, quantity=form.cleaned_data["quantity"])
        except (operations.OnlyLeft, operations.BasketFull) as error:
            form.add_error("quantity", str(error))
        except (operations.LineGone, BasketMoved):
            messages.info(request, _("That product is no longer in your basket."))
            return redirect("basket:summary")
        else:
            changes.tell(request, moved, get_language() or "en")
            return redirect("basket:summary")
    return _page(request, wrong={pk: form})


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Keep today's prices, which the shopper has read; the basket then says nothing of the old ones."""
    if request.method == "POST":
        try:
            operations.accept_prices(basket=request.basket, now=timezone.now())
        except BasketMoved:
            messages.info(request, _("This basket was ordered in the meantime. Please choose again."))
    return redirect("basket:summary")


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Put a voucher's code into the basket, or take it out."""
    if request.method != "POST" or request.basket.pk is None:
        return redirect("basket:summary")
    form = CodeForm(request.POST)
    try:
        if "remove" in request.POST:
            operations.take_code_out(basket=request.basket)
            return redirect("basket:summary")
        if form.is_valid():
            operations.enter_code(
                basket=request.basket,
                written=form.cleaned_data["code"],
                buyer=discounts.buyer_of(request.user),
                address=get_adapter().get_client_ip(request),
                now=timezone.now(),
            )
            return redirect(f"{reverse('basket:summary')}#code")
    except NoSuchCode as error:
        form.add_error("code", str(error))
    except TooManyMisses:
        form.add_error("code", _("Too many codes that do not count were tried from here. Please wait ten minutes."))
    except BasketMoved:
        messages.info(request, _("This basket was ordered in the meantime. Please choose again."))
        return redirect("basket:summary")
    return _page(request, code_form=form)
