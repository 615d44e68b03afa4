"""The address book: one's own entries only, anyone else's do not exist."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.kernel import formats
from catalogue.places.models import UserAddress
from catalogue.places.names import country_names

from . import operations
from .forms import HOME, AddressForm, country_choices, initial_of


@login_required
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    return render(request, "customer/addresses.html", {"addresses": _own(request)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    initial = {"name": request.user.get_full_name(), "phone": formats.phone(request.user.phone or "")}  # type: ignore[union-attr]
    return _edit(request, None, _country(request, default=request.shopping.destination), initial)  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    address = get_object_or_404(_own(request), pk=pk)
    return _edit(request, address, _country(request, default=address.country_id), initial_of(address))


def _edit(request: HttpRequest, address: UserAddress | None, country: str, initial: dict[str, object]) -> HttpResponse:
    """Show or take the form. Choosing another country (``reload``) shows its fields with what was typed so far."""
    reload = "reload" in request.POST
    if reload:
        initial = initial | {name: value for name, value in request.POST.items() if name in initial}
    form = AddressForm(
        request.POST if request.method == "POST" and not reload else None, country=country, initial=initial
    )
    if form.is_bound and form.is_valid():
        operations.keep_address(person=request.user, values=form.values(), address=address)  # type: ignore[arg-type]
        messages.success(request, _("The address is kept."))
        return redirect("customer:address-list")
    countries = country_names((get_language() or "ar")[:2], tuple(country_choices()))
    context = {"form": form, "address": address, "country": country, "countries": countries}
    return render(request, "customer/address_form.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    address = get_object_or_404(_own(request), pk=pk)
    if request.method != "POST":
        return render(request, "customer/address_delete.html", {"address": address})
    operations.drop_address(address=address)
    messages.success(request, _("The address is removed."))
    return redirect("customer:address-list")


@login_required
@require_POST
def make_default(request: HttpRequest, pk: int, action: str = "") -> HttpResponse:
    operations.make_default(address=get_object_or_404(_own(request), pk=pk))
    return redirect("customer:address-list")


def _own(request: HttpRequest):  # noqa: ANN202 - a queryset of Oscar's model
    return (
        UserAddress.objects.filter(user=request.user)
        .select_related("country", "province")
        .order_by("-is_default_for_shipping", "-date_created")
    )


def _country(request: HttpRequest, *, default: str) -> str:
    asked = request.POST.get("country") or request.GET.get("country") or default
    return asked if asked in country_choices() else HOME
