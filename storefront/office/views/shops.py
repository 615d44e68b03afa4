"""Solidarity shops: how they are reached, when they are open, who keeps their counter."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.lots.models import Place
from catalogue.shops import operations
from catalogue.shops.queries import with_hours
from fulfilment.collecting import operations as collecting
from fulfilment.collecting.models import ShopMandate
from storefront.office import access
from storefront.office.shop_forms import KeeperForm, OtherHoursForm, PlaceForm, WeekForm

UNPROCESSABLE = 422


@require_safe
@access.office_page(access.VIEW_SHOPS)
def shops(request: HttpRequest) -> HttpResponse:
    """List the shops, those that are closed too."""
    return render(request, "office/shops.html", {"places": _shops().order_by("code")})


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_SHOPS)
def shop(request: HttpRequest, code: str) -> HttpResponse:
    """Show a shop with its hours and keepers; a POST changes how it is reached and whether it sells."""
    place, form = _place(code), None
    if request.method == "POST":
        access.require(request, access.CHANGE_SHOPS)
        form = PlaceForm(request.POST)
        if form.is_valid():
            operations.change_place(place_id=place.pk, **form.cleaned_data)
            return _written(request, place)
    return _page(request, place, place_form=form)


@require_POST
@access.office_page(access.VIEW_SHOPS, access.CHANGE_SHOPS)
def week(request: HttpRequest, code: str) -> HttpResponse:
    place, form = _place(code), WeekForm(request.POST)
    if form.is_valid():
        try:
            operations.set_week(place_id=place.pk, spans=form.spans())
        except operations.Overlapping:
            form.add_error(None, _("Two stretches of one day overlap. The hours stay as they were."))
        else:
            return _written(request, place)
    return _page(request, place, week_form=form)


@require_POST
@access.office_page(access.VIEW_SHOPS, access.CHANGE_SHOPS)
def other_hours(request: HttpRequest, code: str) -> HttpResponse:
    place, form = _place(code), OtherHoursForm(request.POST)
    if form.is_valid():
        try:
            operations.add_other_hours(place_id=place.pk, **form.cleaned_data)
        except operations.Overlapping:
            form.add_error(None, _("Other hours are written for some of these days. Nothing was changed."))
        else:
            return _written(request, place)
    return _page(request, place, other_form=form)


@require_POST
@access.office_page(access.VIEW_SHOPS, access.CHANGE_SHOPS)
def remove_other_hours(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    place = _place(code)
    operations.remove_other_hours(place_id=place.pk, row_id=pk)
    return _written(request, place)


@require_POST
@access.office_page(access.VIEW_SHOPS, access.GIVE_MANDATES)
def keepers(request: HttpRequest, code: str) -> HttpResponse:
    """Let someone keep the counter for some time."""
    place, form = _place(code), KeeperForm(request.POST)
    if form.is_valid():
        who = form.cleaned_data["who"]
        try:
            collecting.give_mandate(
                place_id=place.pk,
                user_id=who.pk,
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                by=access.person(request),
                now=timezone.now(),
            )
        except collecting.MandateOverlaps:
            form.add_error(None, _("This person keeps this shop on some of these days already."))
        else:
            return _written(request, place)
    return _page(request, place, keeper_form=form)


@require_POST
@access.office_page(access.VIEW_SHOPS, access.GIVE_MANDATES)
def end_keeper(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    place = _place(code)
    if not ShopMandate.objects.filter(pk=pk, place=place).exists():
        raise Http404
    collecting.end_mandate(mandate_id=pk, now=timezone.now())
    return _written(request, place)


def _shops() -> Any:
    return with_hours(Place.objects.filter(kind=Place.Kind.SHOP))


def _place(code: str) -> Place:
    place = _shops().filter(code__iexact=code).first()
    if place is None:
        raise Http404
    return place  # type: ignore[no-any-return]


def _written(request: HttpRequest, place: Place) -> HttpResponse:
    messages.success(request, _("Written down."))
    return redirect("office:shop", place.code.lower())


def _page(request: HttpRequest, place: Place, **forms: Any) -> HttpResponse:
    status = UNPROCESSABLE if any(forms.values()) else 200
    given = {name: form for name, form in forms.items() if form is not None}
    fields = {"phone": place.phone, "sells_online": place.sells_online, "is_active": place.is_active}
    context = {
        "place": place,
        "place_form": PlaceForm(initial=fields),
        "week_form": WeekForm(initial=_week(place)),
        "other_form": OtherHoursForm(auto_id="other_%s"),
        "keeper_form": KeeperForm(auto_id="keeper_%s"),
        "others": place.other_hours.all(),  # type: ignore[attr-defined]
        "mandates": ShopMandate.objects.filter(place=place).select_related("user", "given_by"),
        **given,
    }
    return render(request, "office/shop.html", context, status=status)


def _week(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in place.opening_hours.all():  # type: ignore[attr-defined]
        number = 2 if f"opens_{row.weekday}_1" in found else 1
        found |= {f"opens_{row.weekday}_{number}": row.opens, f"closes_{row.weekday}_{number}": row.closes}
    return found
