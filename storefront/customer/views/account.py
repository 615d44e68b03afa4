"""The pages of an account: home, orders, one's own details, leaving."""

from allauth.account.internal.flows.logout import logout
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.people import operations
from fulfilment.orders.models import Order
from fulfilment.payments.queries import total_in_the_end
from storefront.customer.forms import CloseAccountForm, ProfileForm
from storefront.customer.second_factor import Factor, has_totp, required_of

ORDERS_PER_PAGE = 20


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person = request.user
    context = {
        "orders": _own_orders(request)[:3],
        "has_totp": has_totp(person),  # type: ignore[arg-type]
        "cooperatives": [m.cooperative for m in person.memberships.select_related("cooperative")],  # type: ignore[union-attr]
    }
    return render(request, "customer/home.html", context)


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    page = Paginator(_own_orders(request), ORDERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "customer/orders.html", {"page_obj": page})


@login_required
@require_safe
def order(request: HttpRequest, order_number: str, line_id: int | None = None) -> HttpResponse:
    """Keep Oscar's address of an order; the page itself is the one everybody follows an order on."""
    return redirect("orders:detail", get_object_or_404(_own_orders(request), number=order_number).number)


def _own_orders(request: HttpRequest):  # noqa: ANN202 - a queryset of Oscar's model
    orders = Order.objects.filter(user=request.user).annotate(total=total_in_the_end())
    return orders.order_by("-date_placed", "-pk")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Your details are kept."))
        return redirect("customer:summary")
    return render(request, "customer/profile.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close the account for good. People with a role leave through the office, so that no cooperative is left alone."""
    person = request.user
    if required_of(person) is not Factor.NONE:  # type: ignore[arg-type]
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = CloseAccountForm(data, person=person, request=request)  # type: ignore[arg-type]
    if form.is_bound and form.is_valid():
        operations.forget_person(person=person)  # type: ignore[arg-type]
        logout(request)
        messages.success(request, _("Your account is closed and your details are erased."))
        return redirect("home")
    return render(request, "customer/close.html", {"form": form}, status=400 if form.errors else 200)


def find_order(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Lead links of Oscar for guests to our own page, which asks for a code to the phone."""
    return redirect("orders:find")


def hidden(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer for pages of Oscar that this shop does not have: their names stay, so that nothing that links breaks."""
    raise Http404
