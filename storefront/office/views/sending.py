"""Sending abroad: whose papers open what is under review, and what countries ask for on arrival."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from fulfilment.shipping.arrivals import operations as arrivals
from fulfilment.shipping.arrivals.queries import rules_by_place
from fulfilment.shipping.models import ImportRule, SendingPermission
from fulfilment.shipping.sending import operations as sending
from storefront.office import access
from storefront.office.sending_forms import ImportRuleForm, PermissionForm, flag_name, place_name

PER_PAGE = 50
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_PERMISSIONS)
def permissions(request: HttpRequest) -> HttpResponse:
    """List papers, newest first, and record new ones."""
    form, status = PermissionForm(initial={"valid_from": _today()}), 200
    if request.method == "POST":
        access.require(request, access.RECORD_PERMISSIONS)
        form = PermissionForm(request.POST)
        if form.is_valid() and _permit(request, form):
            return redirect("office:permissions")
        status = UNPROCESSABLE
    rows = SendingPermission.objects.select_related("cooperative", "recorded_by").order_by("-recorded_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.place, row.what, row.state = place_name(row.block), flag_name(row.ship_flag), _state(row)
    return render(request, "office/permissions.html", {"form": form, "page_obj": page}, status=status)


def _permit(request: HttpRequest, form: PermissionForm) -> bool:
    try:
        sending.permit(**form.values(), recorded_by=request.user, recorded_at=timezone.now())
    except sending.PermittedAlready as error:
        form.add_error("valid_from", _overlap_text(error.permission, error.permission.reference))
    except sending.NotUnderReview:
        form.add_error("rule", _("This is not under review any more."))
    else:
        messages.success(request, _("Recorded."))
        return True
    return False


@require_POST
@access.office_page(access.VIEW_PERMISSIONS, access.RECORD_PERMISSIONS)
def end_permission(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Let papers end today; a second press changes nothing."""
    try:
        sending.end_permission(permission_id=pk, on=_today())
    except SendingPermission.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Ended."))
    return redirect("office:permissions")


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_IMPORT_RULES)
def import_rules(request: HttpRequest) -> HttpResponse:
    """List what countries ask for, and record a rule from a day on; ``?like=`` starts from a rule that is there."""
    form, status = ImportRuleForm(initial=_like(request.GET.get("like", ""))), 200
    if request.method == "POST":
        access.require(request, access.RECORD_IMPORT_RULES)
        form = ImportRuleForm(request.POST)
        if form.is_valid() and _record_rule(request, form):
            return redirect("office:import-rules")
        status = UNPROCESSABLE
    rows: list[Any] = rules_by_place()
    for row in rows:
        row.place, row.state = place_name(row.block, row.country), _state(row)
    return render(request, "office/import_rules.html", {"form": form, "rules": rows}, status=status)


def _record_rule(request: HttpRequest, form: ImportRuleForm) -> bool:
    try:
        arrivals.record_import_rule(**form.values())
    except arrivals.AnotherRuleThen as error:
        form.add_error("valid_from", _overlap_text(error.rule, place_name(error.rule.block, error.rule.country)))
        return False
    messages.success(request, _("Recorded."))
    return True


@require_POST
@access.office_page(access.VIEW_IMPORT_RULES, access.RECORD_IMPORT_RULES)
def end_import_rule(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Let a rule end today; a second press changes nothing."""
    try:
        arrivals.end_import_rule(rule_id=pk, on=_today())
    except ImportRule.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Ended."))
    return redirect("office:import-rules")


def _like(asked: str) -> dict[str, Any]:
    """Return a form's beginning: today, and the figures of the rule that is to be changed."""
    rule = (
        ImportRule.objects.filter(pk=asked).first() if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    )
    if rule is None:
        return {"valid_from": _today()}
    names = (
        *("regime", "vat_pct", "currency", "value_limit", "duty_per_heading", "tax_waived_under"),
        *("announces_food", "seller_number", "source", "confidence"),
    )
    place = f"{rule.block} {rule.country}" if rule.country else rule.block
    return {name: getattr(rule, name) for name in names} | {"place": place, "valid_from": _today()}


def _overlap_text(row: Any, name: str) -> str:
    language = get_language()
    words = {"name": name, "first": formats.day(row.valid_from, language)}
    if row.valid_until is None:
        return _("“%(name)s” holds from %(first)s on: end it first, or choose other days.") % words
    words["until"] = formats.day(row.valid_until, language)
    return _("“%(name)s” holds from %(first)s until %(until)s: choose other days.") % words


def _state(row: Any) -> str:
    """Say whether a dated row holds today: ``now``, ``later`` or ``over``."""
    today = _today()
    if row.valid_until and row.valid_until <= today:
        return "over"
    return "later" if row.valid_from > today else "now"


def _today() -> date:
    return day_of(timezone.now())
