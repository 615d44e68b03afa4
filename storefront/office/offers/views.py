"""Pages of offers, their codes, and what cooperatives agreed to."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.cooperatives.models import DiscountAgreement
from catalogue.kernel import formats, tables
from catalogue.kernel.periods import day_of, start_of
from storefront.offers import operations
from storefront.offers.models import ConditionalOffer
from storefront.office import access
from storefront.vouchers import operations as vouchers
from storefront.vouchers.models import VoucherSet
from storefront.vouchers.policies import spell

from . import queries
from .forms import OfferForm, initial_of
from .small_forms import USAGES, AgreementForm, CodesForm

PER_PAGE, LAST_USES = 30, 20
UNPROCESSABLE, CONFLICT = 422, 409


@access.office_page(access.VIEW_OFFERS)
def offers(request: HttpRequest) -> HttpResponse:
    """List offers with what they gave so far, the newest first."""
    page = Paginator(queries.offers(), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "office/offers/list.html", {"page_obj": page, "rows": queries.rows(page.object_list, timezone.now())}
    )


@access.office_page(access.VIEW_OFFERS, access.ADD_OFFERS)
def new(request: HttpRequest) -> HttpResponse:
    """Make an offer."""
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        offer = operations.make_offer(terms=form.terms(), now=timezone.now(), by=request.user)
        messages.success(request, _("The offer is made."))
        return redirect("office:offer", offer.pk)
    return render(request, "office/offers/form.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@access.office_page(access.VIEW_OFFERS, access.CHANGE_OFFERS)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an offer that has not started; a running one is stopped and made anew."""
    offer = get_object_or_404(queries.offers(), pk=pk)
    form = OfferForm(request.POST or None, offer=offer, initial=initial_of(offer))
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_offer(offer_id=pk, terms=form.terms(), now=timezone.now())
        except operations.AlreadyRunning:
            messages.warning(request, _("This offer runs or is over: it stays as buyers read it. You can stop it."))
        else:
            messages.success(request, _("The offer is changed."))
        return redirect("office:offer", pk)
    context = {"form": form, "offer": offer}
    return render(request, "office/offers/form.html", context, status=UNPROCESSABLE if form.errors else 200)


@access.office_page(access.VIEW_OFFERS)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an offer, its last uses and its codes."""
    return _offer_page(request, pk)


def _offer_page(request: HttpRequest, pk: int, form: CodesForm | None = None) -> HttpResponse:
    found = get_object_or_404(queries.offers().prefetch_related("amounts"), pk=pk)
    now = timezone.now()
    (row,) = queries.rows([found], now)
    chosen = found.condition.range
    context = {
        "row": row,
        "offer": found,
        "amounts": list(found.amounts.all()),
        "shelves": list(chosen.included_categories.all()),
        "cooperatives": list(chosen.cooperatives.all()),
        "products": list(chosen.included_products.all()[:50]),
        "uses": queries.uses_of(found)[:LAST_USES],
        "may_change": operations.may_change(found, now),
        "batches": queries.batches_of(found) if found.offer_type == ConditionalOffer.VOUCHER else None,
        "codes_form": form or CodesForm(initial={"ends_on": day_of(now) + timedelta(days=30)}),
        "last_day": found.end_datetime and day_of(found.end_datetime) - timedelta(days=1),
    }
    return render(request, "office/offers/offer.html", context, status=UNPROCESSABLE if form else 200)


@require_POST
@access.office_page(access.VIEW_OFFERS, access.CHANGE_OFFERS)
def stop(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    get_object_or_404(ConditionalOffer, pk=pk)
    try:
        operations.stop_offer(offer_id=pk, now=timezone.now())
    except operations.AlreadyStopped:
        messages.info(request, _("This offer was stopped before."))
    else:
        messages.success(request, _("The offer is stopped. Orders keep what it gave them."))
    return redirect("office:offer", pk)


@require_POST
@access.office_page(access.VIEW_OFFERS, access.ADD_VOUCHERS)
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a batch of codes that open an offer."""
    get_object_or_404(ConditionalOffer, pk=pk)
    form = CodesForm(request.POST)
    if not form.is_valid():
        return _offer_page(request, pk, form)
    data = form.cleaned_data
    try:
        vouchers.make_vouchers(
            offer_id=pk,
            name=data["batch"],
            count=data["count"],
            usage=data["usage"],
            max_uses=data["max_uses"],
            starts_at=timezone.now(),
            ends_at=start_of(data["ends_on"] + timedelta(days=1)),
        )
    except vouchers.NotForVouchers:
        messages.warning(request, _("No code opens this offer."))
    else:
        messages.success(request, _("The codes are made."))
    return redirect("office:offer", pk)


@access.office_page(access.VIEW_OFFERS, access.VIEW_VOUCHERS)
def codes_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a batch of codes as a table for the printer; no cell is taken for a formula."""
    batch = get_object_or_404(VoucherSet, pk=pk)
    usages = {usage: str(words) for usage, words in USAGES}
    heads = [_("Code"), _("Name of the batch"), _("How often"), _("Last day"), _("Used")]
    rows: list[list[Any]] = []
    for voucher in queries.codes_of(batch):
        last = formats.short_day(day_of(voucher.end_datetime) - timedelta(days=1))
        rows.append([spell(voucher.code), batch.name, usages.get(voucher.usage, voucher.usage), last, voucher.used])
    response = HttpResponse(tables.as_csv(heads, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{batch.pk}.csv"'
    return response


@access.office_page(access.VIEW_AGREEMENTS)
def agreements(request: HttpRequest) -> HttpResponse:
    """List what cooperatives agreed to give up, and note another agreement."""
    form = AgreementForm(request.POST or None, initial={"from_day": day_of(timezone.now())})
    if request.method == "POST":
        if not request.user.has_perm(access.ADD_AGREEMENTS):
            return redirect("office:agreements")
        if form.is_valid():
            _note(request, form.cleaned_data)
            return redirect("office:agreements")
    page = Paginator(queries.agreements(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "today": day_of(timezone.now())}
    return render(request, "office/offers/agreements.html", context, status=UNPROCESSABLE if form.errors else 200)


def _note(request: HttpRequest, data: dict[str, Any]) -> None:
    operations.note_agreement(
        cooperative_id=data["cooperative"].pk,
        stockrecord_id=data["stockrecord"].pk if data["stockrecord"] else None,
        gives_up_pct=data["gives_up_pct"],
        from_day=data["from_day"],
        until_day=data["to_day"] + timedelta(days=1) if data["to_day"] else None,
        agreed_by=data["agreed_by"],
        now=timezone.now(),
        by=request.user,
    )
    messages.success(request, _("The agreement is noted."))


@require_POST
@access.office_page(access.VIEW_AGREEMENTS, access.ADD_AGREEMENTS)
def end_agreement(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    get_object_or_404(DiscountAgreement, pk=pk)
    operations.end_agreement(agreement_id=pk, today=day_of(timezone.now()))
    messages.success(request, _("The agreement ends today."))
    return redirect("office:agreements")
