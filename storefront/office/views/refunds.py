"""Refunds: what waits for whom, one refund with its buttons, and asking for one with what it would cost whom."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalogue.cooperatives.models import Partner
from catalogue.kernel.money import ZERO
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments import operations, shares
from fulfilment.payments.disputing.queries import keeping_money
from fulfilment.payments.gateways.base import ProviderRefused, ProviderUnavailable
from fulfilment.payments.models import Refund
from storefront.office import access, queries
from storefront.office.refund_forms import ReferenceForm, RefundForm, WhyForm
from storefront.orders.account_forms import AccountForm

PER_PAGE = 30
UNPROCESSABLE = 422
LISTS = {
    "waiting": gettext_lazy("Waiting for a second person"),
    "failed": gettext_lazy("To look at"),
    "open": gettext_lazy("Under way"),
    "over": gettext_lazy("Over"),
}
State, Way = Refund.State, Refund.Way


@access.office_page(access.VIEW_REFUNDS)
def refunds(request: HttpRequest) -> HttpResponse:
    """List refunds by how far they are."""
    which = request.GET.get("which", "waiting")
    if which not in LISTS:
        raise Http404
    page = Paginator(queries.refunds(which), PER_PAGE).get_page(request.GET.get("page"))
    tabs = [(title, f"?which={name}", name == which) for name, title in LISTS.items()]
    return render(request, "office/refunds.html", {"tabs": tabs, "page_obj": page, "now": timezone.now()})


@access.office_page(access.VIEW_REFUNDS)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(pk))


def _found(pk: int) -> Refund:
    found = queries.refund(pk)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Refund, form: Any = None) -> HttpResponse:
    """Show a refund; ``form`` is the one that was refused."""
    awaited = found.way == Way.TRANSFER and found.state == State.DUE
    transfer = getattr(found, "transfer", None)
    makes = awaited and transfer is not None and transfer.given_by_id != request.user.pk
    makes = makes and request.user.has_perm(access.TRANSFER_REFUNDS)
    stopped = _why_stopped(found) if awaited else None
    makes = makes and not stopped
    context = {
        "refund": found,
        "transfer": transfer,
        "payee": operations.payee_of(transfer) if makes and transfer else None,
        "stopped": stopped,
        "decides": found.state == State.ASKED and found.asked_by_id != request.user.pk,
        "failed": found.state == State.FAILED and getattr(found, "followed_by", None) is None,
        "account_form": (form if isinstance(form, AccountForm) else AccountForm()) if awaited else None,
        "reference_form": (form if isinstance(form, ReferenceForm) else ReferenceForm()) if makes else None,
        "returnable": found.way == Way.TRANSFER and found.state == State.SUCCEEDED,
        "why_form": form if isinstance(form, WhyForm) else WhyForm(),
    }
    return render(request, "office/refund.html", context, status=UNPROCESSABLE if form else 200)


def _why_stopped(found: Refund) -> Any:
    """Say why a transfer is not to be made by now; none where it may."""
    try:
        operations.check_left(found.attempt, ZERO)
    except (operations.PaymentDisputed, operations.MoreThanCaptured) as refused:
        return REFUSALS[type(refused)]
    return None


def _approve(pk: int, data: dict[str, Any], by: Any) -> Refund:
    return operations.approve_refund(refund_id=pk, by=by, now=timezone.now())


def _decline(pk: int, data: dict[str, Any], by: Any) -> Refund:
    return operations.decline_refund(refund_id=pk, by=by, now=timezone.now(), note=data["why"])


def _again(pk: int, data: dict[str, Any], by: Any) -> Refund:
    return operations.refund_again(refund_id=pk, by=by, now=timezone.now())


def _by_transfer(pk: int, data: dict[str, Any], by: Any) -> Refund:
    return operations.refund_again(refund_id=pk, by=by, now=timezone.now(), way=Way.TRANSFER)


def _account(pk: int, data: dict[str, Any], by: Any) -> Refund:
    return operations.give_account(refund_id=pk, by=by, now=timezone.now(), **data).refund


def _made(pk: int, data: dict[str, Any], by: Any) -> Refund:
    return operations.transfer_made(refund_id=pk, by=by, now=timezone.now(), **data)


def _returned(pk: int, data: dict[str, Any], by: Any) -> Refund:
    return operations.transfer_returned(refund_id=pk, by=by, now=timezone.now(), reason=data["why"])


DISPUTED = gettext_lazy("The buyer's bank disputes this payment: nothing is given back before that is over.")
STEPS: dict[str, tuple[str, Callable[..., Refund], type[Any] | None]] = {
    "approve": (access.APPROVE_REFUNDS, _approve, None),
    "decline": (access.APPROVE_REFUNDS, _decline, WhyForm),
    "again": (access.ASK_REFUNDS, _again, None),
    "transfer": (access.ASK_REFUNDS, _by_transfer, None),
    "account": (access.ASK_REFUNDS, _account, AccountForm),
    "made": (access.TRANSFER_REFUNDS, _made, ReferenceForm),
    "returned": (access.TRANSFER_REFUNDS, _returned, WhyForm),
}
REFUSALS: dict[type[Exception], Any] = {
    operations.NotAsked: gettext_lazy("Someone else decided this refund meanwhile; nothing was changed."),
    operations.OwnRefund: gettext_lazy("You asked for this refund yourself: another person decides it."),
    operations.NotFailed: gettext_lazy("This refund was made again meanwhile; nothing was changed."),
    operations.PaymentDisputed: DISPUTED,
    operations.MoreThanCaptured: gettext_lazy("So much of this order is not left to give back."),
    operations.NoTransferAwaited: gettext_lazy("No transfer is awaited for this refund; nothing was changed."),
    operations.OwnAccount: gettext_lazy("You typed this account yourself: another person makes the transfer."),
    operations.ReferenceUsed: gettext_lazy("Another refund has this reference; nothing was changed."),
    IntegrityError: gettext_lazy("Some of this is given back by another refund; nothing was changed."),
}


@require_POST
@access.office_page(access.VIEW_REFUNDS)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Do one step of a refund; one that does not follow is refused with the reason."""
    if step not in STEPS:
        raise Http404
    right, does, form_class = STEPS[step]
    access.require(request, right)
    found = _found(pk)
    form = form_class(request.POST) if form_class else None
    if form is not None and not form.is_valid():
        return _page(request, found, form)
    try:
        done = does(pk, form.cleaned_data if form else {}, access.person(request))
    except tuple(REFUSALS) as refused:
        messages.error(request, str(REFUSALS[type(refused)]))
        return redirect("office:refund", pk)
    messages.success(request, _("Done."))
    return redirect("office:refund", done.pk)


@access.office_page(access.VIEW_ORDERS, access.ASK_REFUNDS)
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Choose what is given back; show what it comes to and what each cooperative loses; then ask for it."""
    order = get_object_or_404(Order.objects.all(), number=number)
    lines = list(order.lines.order_by("pk"))
    form = RefundForm(request.POST or None, lines=lines, left=shares.left_of(order))
    context: dict[str, Any] = {"order": order, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            if "confirm" in request.POST:
                return redirect("office:refund", _asked(request, order, form).pk)
            share = operations.preview(order_id=order.pk, **form.asked)
            context |= _preview(share)
        except operations.NothingToGiveBack:
            form.add_error(None, _("Choose at least one piece, or the delivery."))
        except operations.MoreThanLeft:
            form.add_error(None, _("Some of it was given back meanwhile. Please look at what is left."))
        except operations.PaymentDisputed:
            form.add_error(None, DISPUTED)
        except operations.MoreThanCaptured as refused:
            words = _("Nothing more can be given back of this order: %(left)s is left of what was paid.")
            form.add_error(None, words % {"left": refused.left})
    return render(request, "office/refund_ask.html", context, status=UNPROCESSABLE if form.errors else 200)


def _asked(request: HttpRequest, order: Order, form: RefundForm) -> Refund:
    made = operations.ask_refund(
        order_id=order.pk,
        **form.asked,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
        now=timezone.now(),
        by=access.person(request),
    )
    if made.state == State.ASKED:
        messages.warning(request, _("This refund waits for a second person."))
    else:
        messages.success(request, _("This refund is on its way."))
    return made


def _preview(share: shares.Share) -> dict[str, Any]:
    names = Partner.objects.in_bulk(share.taken_mad)
    return {"share": share, "losses": [(names[pk], amount) for pk, amount in sorted(share.taken_mad.items())]}


@require_POST
@access.office_page(access.VIEW_ORDERS, access.CHANGE_ORDERS)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an order that is not packed yet; what was paid goes back by itself."""
    order = get_object_or_404(Order.objects.all(), number=number)
    try:
        operations.cancel_order(order_id=order.pk, now=timezone.now(), by=request.user)
    except (orders.TooLateToCancel, operations.StillPaying):
        messages.error(request, _("It is too late to cancel this order: something is packed, or it is being paid."))
    except (ProviderUnavailable, ProviderRefused):
        messages.error(request, _("The bank does not answer at the moment. Please try again in a few minutes."))
    else:
        if keeping_money().filter(attempt__order=order).exists():
            messages.warning(request, _("The order is cancelled. The buyer's bank has its money: none goes back here."))
        else:
            messages.success(request, _("The order is cancelled. What was paid goes back by itself."))
    return redirect("office:order", number)
