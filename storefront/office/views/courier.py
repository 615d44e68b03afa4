"""One courier: the files we send and take in, how we speak with it, and its machine's secrets."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.kernel import tables
from catalogue.kernel.periods import day_of
from fulfilment.shipping.models import Courier
from fulfilment.tracking import operations, queries
from fulfilment.tracking.gateways import OWN, Columns, NotToldSo, gateway_for
from fulfilment.tracking.models import CourierProfile
from storefront.office import access
from storefront.office.tracking_forms import CourierForm, DayForm, ProfileForm, StatusesForm

SHOWN, UNPROCESSABLE = 12, 422
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": tables.XLSX,
}


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_COURIERS)
def couriers(request: HttpRequest) -> HttpResponse:
    """List couriers with how we speak with each, and add one."""
    form = CourierForm(request.POST or None)
    if request.method == "POST":
        access.require(request, access.CHANGE_COURIERS)
        if form.is_valid():
            try:
                added = operations.add_courier(**form.cleaned_data)
            except operations.NameTaken:
                form.add_error("name", _("There is a courier of this name already."))
            else:
                messages.success(request, _("Added. Say now how we speak with it."))
                return redirect("office:courier", added.pk)
    context = {"form": form, "couriers": queries.couriers()}
    return render(request, "office/tracking/couriers.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_COURIERS)
def courier(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how we speak with a courier; the form changes it."""
    found = _found(pk)
    if request.method != "POST":
        return _page(request, found)
    access.require(request, access.CHANGE_COURIERS)
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            operations.set_up(courier_id=pk, by=access.person(request), now=timezone.now(), **form.values())
        except operations.CodeTaken:
            form.add_error("code", _("Another courier goes by this code."))
        else:
            messages.success(request, _("Saved."))
            return redirect("office:courier", pk)
    return _page(request, found, profile_form=form)


@require_POST
@access.office_page(access.VIEW_COURIERS, access.TAKE_IN_STATUSES)
def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file of statuses in whole, or say of each bad row what is wrong with it."""
    found, form = _found(pk), StatusesForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = operations.take_in_file(
                courier_id=pk, name=file.name, content=file.read(), by=access.person(request), now=timezone.now()
            )
        except tables.TableRefused as refused:
            form.add_error(None, [_("Nothing of this file was taken in."), *refused.sentences])
        except operations.ToldOtherwise as error:
            said = _("Nothing of this file was taken in. Row %(row)s: event %(key)s was told before, and otherwise.")
            form.add_error(None, said % {"row": error.row or "–", "key": error.key})
        except (NotToldSo, operations.NotSetUp):
            form.add_error(None, _("Say first that this courier tells us by file."))
        else:
            words = {"rows": kept.rows, "new": kept.new_rows}
            messages.success(request, _("Taken in. Rows: %(rows)s, new ones: %(new)s. They are looked at now.") % words)
            return redirect("office:courier", pk)
    return _page(request, found, statuses_form=form)


@require_POST
@access.office_page(access.VIEW_COURIERS, access.CHANGE_COURIERS)
def secret(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Make a new secret, shown this once, or let the one before hold no longer."""
    found = _found(pk)
    if not CourierProfile.objects.filter(courier=found).exists() or step not in ("make", "drop"):
        raise Http404
    who: dict[str, Any] = {"courier_id": pk, "by": access.person(request), "now": timezone.now()}
    if step == "make":
        response = _page(request, found, secret=operations.make_secret(**who))
        response["Cache-Control"] = "no-store"
        return response
    operations.drop_old_secret(**who)
    messages.success(request, _("The old secret holds no longer."))
    return redirect("office:courier", pk)


@require_safe
@access.office_page(access.VIEW_COURIERS, access.MOVE_CONSIGNMENTS)
def parcels(request: HttpRequest, pk: int, kind: str) -> HttpResponse | HttpResponseRedirect:
    """Return the table of what a courier carries, all of it or what was handed over on a day, for it to read."""
    found, form = _found(pk), DayForm(request.GET)
    if kind not in KINDS:
        raise Http404
    if not form.is_valid():
        return redirect("office:courier", pk)
    profile = CourierProfile.objects.filter(courier=found).first()
    gateway = queries.gateway_of(profile) if profile else gateway_for(OWN, Columns())
    rows = [gateway.row(parcel) for parcel in queries.announced(found, form.cleaned_data["day"])]
    content = _written(kind, gateway.heads(), rows)
    name = f"{profile.code if profile else found.pk}-{form.cleaned_data['day'] or day_of(timezone.now())}.{kind}"
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _written(kind: str, heads: Any, rows: Any) -> str | bytes:
    if kind == "csv":
        return tables.as_csv(heads, rows)
    return tables.as_xlsx(heads, rows, right_to_left=translation.get_language_bidi())


def _found(pk: int) -> Courier:
    found = queries.couriers().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Courier, *, secret: str = "", **forms: Any) -> HttpResponse:
    profile = CourierProfile.objects.filter(courier=found).first()
    wrong = any(form.errors for form in forms.values())
    context = {
        "courier": found,
        "profile": profile,
        "tells": profile is not None and queries.gateway_of(profile).tells,
        "files": queries.files_of(found)[:SHOWN],
        "secret": secret,
        "address": request.build_absolute_uri(f"/couriers/{profile.code}/events") if profile else "",
        "profile_form": forms.get("profile_form") or ProfileForm(initial=ProfileForm.initial_of(profile)),
        "statuses_form": forms.get("statuses_form") or StatusesForm(),
        "day_form": DayForm(),
    }
    return render(request, "office/tracking/courier.html", context, status=UNPROCESSABLE if wrong else 200)
