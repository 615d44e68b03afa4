"""Payout runs: looked at before they are drafted, submitted by one person, approved by another, sent to the bank."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.banking.models import BankAccount
from catalogue.banking.policies import masked
from catalogue.cooperatives.models import Partner
from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import day_of
from fulfilment.payouts import operations, policies, words
from fulfilment.payouts import runs as figures
from fulfilment.payouts.endings import endings
from fulfilment.payouts.files.pain001 import NotValid
from fulfilment.payouts.models import PayoutEvent, PayoutRun
from fulfilment.payouts.models.runs import METHODS
from fulfilment.payouts.policies import Planned
from storefront.office import access
from storefront.office import operations as office
from storefront.office.forms import GroundsForm
from storefront.office.payout_forms import CancelForm, MinimumForm, NotCarriedOutForm, SendBackForm
from storefront.office.queries import drafting

PER_PAGE = 50
TYPES = {"xml": "application/xml", "csv": "text/csv; charset=utf-8"}
REFUSALS = (
    operations.NotNow,
    operations.OwnRun,
    operations.ContentChanged,
    operations.HeldMeanwhile,
    operations.NoAccount,
)


@dataclass(frozen=True)
class Shown:
    """A payment that a run would make, as a page shows it. ``receiver`` is who receives for ``cooperative``, if so."""

    cooperative: Partner
    said_method: Any
    amount_mad: Decimal
    deducted_mad: Decimal
    holder: str = ""
    masked: str = ""
    receiver: Partner | None = None
    on_new_account: bool = False


@access.office_page(access.VIEW_PAYOUTS)
def preview(request: HttpRequest, cycle: str) -> HttpResponse:
    """Show what a run of this cycle would pay now, to whom not and why."""
    if cycle not in policies.CYCLES:
        raise Http404
    found = operations.preview(cycle=cycle, now=timezone.now())
    paid, left_out = (_page(request, rows, name) for rows, name in ((found.paid, "page"), (found.left_out, "rest")))
    shown = [one.cooperative_id for page in (paid, left_out) for one in page]
    cooperatives = Partner.objects.in_bulk(shown)
    context = {
        "cycle": PayoutRun.Cycle(cycle),
        "cycles": PayoutRun.Cycle,
        "period": found.period,
        "page_obj": paid,
        "rest_obj": left_out,
        "paid": _shown(paid, cooperatives),
        "left_out": [(cooperatives[one.cooperative_id], one, words.LEFT_OUT[one.left_out]) for one in left_out],
        "drafting": drafting(cycle),
        "total_mad": sum((one.amount_mad for one in found.paid), ZERO),
        "minimum_mad": figures.minimum_on(found.period.until_day),
        "form": MinimumForm(initial={"from_day": day_of(timezone.now())}),
    }
    return render(request, "office/payouts/preview.html", context)


def _page(request: HttpRequest, rows: list[Planned], name: str) -> Page[Planned]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get(name))


def _shown(paid: Iterable[policies.Planned], cooperatives: dict[int, Partner]) -> list[Shown]:
    """Put beside each planned payment to whom it goes (two queries)."""
    paid = list(paid)
    accounts = BankAccount.objects.select_related("cooperative").in_bulk([one.to.account_id for one in paid if one.to])
    known = figures.paid_before([one.to.rib for one in paid if one.to])
    shown = []
    for one in paid:
        row = Shown(cooperatives[one.cooperative_id], METHODS[one.method], one.amount_mad, one.deducted_mad)
        if to := one.to:
            owner = accounts[to.account_id].cooperative
            receiver = owner if owner != row.cooperative else None
            is_new = to.rib not in known
            row = replace(row, holder=to.holder, masked=masked(to.rib), receiver=receiver, on_new_account=is_new)
        shown.append(row)
    return shown


@require_POST
@access.office_page(access.VIEW_PAYOUTS, access.RUN_PAYOUTS)
def draft(request: HttpRequest, cycle: str) -> HttpResponseRedirect:
    """Draft a cycle's payments for the period that is over; a worker does where they are many."""
    if cycle not in policies.CYCLES:
        raise Http404
    if operations.is_big(cycle):
        office.draft_payouts(cycle=cycle, by=access.person(request), now=timezone.now())
        messages.info(request, _("A worker is drafting this run; it stands among the runs in a few minutes."))
        return redirect("office:payouts")
    try:
        made = operations.draft(cycle=cycle, now=timezone.now(), by=access.person(request))
    except (operations.RunInProgress, operations.PaidMeanwhile):
        messages.warning(request, _("Another run is being drafted at this moment; nothing was written by this one."))
    else:
        if made is not None:
            messages.success(request, _("Run %(run)s is drafted. Look at it, then submit it.") % {"run": made})
            return redirect("office:payout-run", made.reference)
        messages.info(request, _("Nothing is to be paid now."))
    return redirect("office:payout-preview", cycle)


@access.office_page(access.VIEW_PAYOUTS)
def run(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a run: its payouts and their states, its files, who did what, and the step that comes next."""
    found = get_object_or_404(figures.runs().select_related("submitted_by", "approved_by"), reference=reference)
    payouts = figures.looked_at(found)
    context = {
        "run": found,
        "new_accounts": payouts.filter(on_new_account=True).count(),
        "forms": {"send_back": SendBackForm(auto_id="back-%s"), "cancel": CancelForm(auto_id="cancel-%s")},
        "page_obj": Paginator(payouts, PER_PAGE).get_page(request.GET.get("page")),
        "files": found.files.defer("content"),
        "events": [(event, words.STEPS.get(event.kind, event.kind)) for event in _events(found)],
        "endings": endings().filter(run=found),
        "not_carried_out": NotCarriedOutForm(),
        "answer_form": GroundsForm(),
        "is_own": request.user.pk in (found.run_by_id, found.submitted_by_id),
    }
    return render(request, "office/payouts/run.html", context)


def _events(found: PayoutRun) -> QuerySet[PayoutEvent]:
    return found.events.filter(payout=None).select_related("by")


@require_POST
@access.office_page(access.VIEW_PAYOUTS)
def step(request: HttpRequest, reference: str, name: str) -> HttpResponseRedirect:
    """Submit, approve, send back, throw away or export a run."""
    if name not in STEPS:
        raise Http404
    found = get_object_or_404(PayoutRun, reference=reference)
    right, take, said = STEPS[name]
    access.require(request, right)
    try:
        take(request, found)
    except (*REFUSALS, Unsaid) as refused:
        messages.error(request, str(refused))
    except NotValid:
        messages.error(request, _("The file would not be what the bank's schema asks for. Nothing was sent."))
    else:
        messages.success(request, str(said))
    return redirect("office:payout-run", reference)


class Unsaid(Exception):
    """The step asks for a reason, and what was written is none."""


def _doing(operation: Callable[..., Any]) -> Callable[[HttpRequest, PayoutRun], Any]:
    def take(request: HttpRequest, found: PayoutRun) -> Any:
        return operation(run_id=found.pk, by=access.person(request), now=timezone.now())

    return take


def _saying(operation: Callable[..., Any], form_class: type[forms.Form]) -> Callable[[HttpRequest, PayoutRun], Any]:
    def take(request: HttpRequest, found: PayoutRun) -> Any:
        form = form_class(request.POST)
        if not form.is_valid():
            raise Unsaid(" ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()))
        return operation(run_id=found.pk, by=access.person(request), now=timezone.now(), **form.cleaned_data)

    return take


def _approve(request: HttpRequest, found: PayoutRun) -> None:
    seen = request.POST.get("seen", "")
    operations.approve(run_id=found.pk, seen=seen, by=access.person(request), now=timezone.now())


STEPS: dict[str, tuple[str, Callable[[HttpRequest, PayoutRun], Any], Any]] = {
    "submit": (access.RUN_PAYOUTS, _doing(operations.submit), words.STEPS["submitted"]),
    "approve": (access.APPROVE_PAYOUTS, _approve, words.STEPS["approved"]),
    "send-back": (access.RUN_PAYOUTS, _saying(operations.send_back, SendBackForm), words.STEPS["sent_back"]),
    "cancel": (access.RUN_PAYOUTS, _saying(operations.cancel, CancelForm), words.STEPS["cancelled"]),
    "export": (access.EXPORT_PAYOUTS, _doing(operations.export), words.STEPS["exported"]),
}


@access.office_page(access.VIEW_PAYOUTS, access.EXPORT_PAYOUTS)
def file(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Give a file of a run, the same bytes each time."""
    found = get_object_or_404(PayoutRun, reference=reference).files.filter(kind=kind).first()
    if found is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "Cache-Control": "no-store"}
    return HttpResponse(bytes(found.content), content_type=TYPES[found.name.rpartition(".")[2]], headers=headers)


@require_POST
@access.office_page(access.VIEW_PAYOUTS, access.SET_MINIMUM)
def minimum(request: HttpRequest, cycle: str) -> HttpResponseRedirect:
    """Decide the least that is paid, from a day on."""
    form = MinimumForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    else:
        try:
            operations.set_minimum(**form.cleaned_data, by=access.person(request), now=timezone.now())
        except operations.EarlierDay as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Saved."))
    return redirect("office:payout-preview", cycle)
