"""Price lists: those published, those in the making, and what has no price."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.money import CURRENCIES
from catalogue.kernel.shopping import SIDES
from catalogue.pricing import differences, missing, queries
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import DraftPrice, PriceList, PriceListDraft
from storefront.office import access, operations
from storefront.office.price_forms import PrepareForm

PER_PAGE, LISTS_PER_PAGE = 50, 12
State = PriceListDraft.State
IN_THE_MAKING = (State.WAITING, State.READY, State.APPROVED, State.PUBLISHING, State.REFUSED)
BUSY = (State.WAITING, State.PUBLISHING)
RIGHTS = {"approve": access.APPROVE_PRICES, "publish": access.PUBLISH_PRICES, "discard": access.PREPARE_PRICES}


@access.office_page(access.VIEW_PRICES)
def prices(request: HttpRequest) -> HttpResponse:
    """List what is in force, scheduled, past and in the making; a new list begins here."""
    form = PrepareForm(request.POST or None, initial={"source": "schedules"})
    if request.method == "POST":
        if not request.user.has_perm(access.PREPARE_PRICES):
            raise PermissionDenied
        if form.is_valid() and (draft := _prepare(request, form)):
            return redirect("office:price-draft", draft.pk)
    now = timezone.now()
    lists = PriceList.objects.select_related("prepared_by", "approved_by").annotate(price_count=Count("prices"))
    context = {
        "form": form,
        "page_obj": Paginator(lists.order_by("-starts_at"), LISTS_PER_PAGE).get_page(request.GET.get("page")),
        "drafts": PriceListDraft.objects.filter(state__in=IN_THE_MAKING).select_related("prepared_by")[:24],
        "now": now,
        "unpriced": missing.records_without(_current(now)).count(),
    }
    return render(request, "office/prices.html", context, status=422 if form.errors else 200)


def _prepare(request: HttpRequest, form: PrepareForm) -> PriceListDraft | None:
    """Begin a draft, or say beside the field why not."""
    data = form.cleaned_data
    try:
        return operations.prepare_prices(
            source=data["source"], starts_at=data["starts_at"], prepared_by=access.person(request), now=timezone.now()
        )
    except (pricing.DraftRefused, pricing.TooEarly) as refusal:
        form.add_error("start_day", str(refusal))
    except queries.NoRates:
        form.add_error(None, _("No exchange rate is known."))
    except pricing.RatesTooOld as refusal:
        form.add_error(None, str(refusal))
    return None


@access.office_page(access.VIEW_PRICES)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a draft would change, and the next step."""
    found = get_object_or_404(PriceListDraft.objects.select_related("prepared_by", "approved_by", "published"), pk=pk)
    if found.published:
        return redirect("office:price-list", found.published.reference)
    broken = DraftPrice.objects.filter(draft=found).exclude(floor="")
    reason = pricing.REASONS.get(found.problem)
    context = {
        "draft": found,
        "busy": found.state in BUSY,
        "refused": found.state == State.REFUSED and (str(reason()) if reason else _("Another list starts later.")),
        "own": found.prepared_by_id == request.user.pk,
        "floor_count": broken.count(),
        "floors": _named(list(broken.order_by("stockrecord_id", "side", "currency")[:PER_PAGE])),
        "has_rows": found.state in (State.READY, State.APPROVED, State.PUBLISHING),
    }
    return render(request, "office/price_draft.html", context | _changes(request, found))


@access.office_page(access.VIEW_PRICES)
def price_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a published list against the one before it."""
    lists = PriceList.objects.select_related("prepared_by", "approved_by")
    found = lists.filter(reference=reference).first()
    if found is None:
        raise Http404
    return render(request, "office/price_list.html", {"list": found, "now": timezone.now()} | _changes(request, found))


def _changes(request: HttpRequest, found: differences.Rows) -> dict[str, Any]:
    """Put together the differences in one currency on one side, largest first."""
    currency, side = request.GET.get("currency"), request.GET.get("side")
    currency = currency if currency in CURRENCIES else "MAD"
    side = side if side in SIDES else "home"
    earlier = differences.before(found)
    summary = differences.summary(found, earlier, currency=currency, side=side)
    page = Paginator(range(summary.changed), PER_PAGE).get_page(request.GET.get("page"))
    start = page.start_index() - 1 if summary.changed else 0
    rows = differences.largest(found, earlier, currency=currency, side=side, limit=PER_PAGE, offset=start)
    return {
        "earlier": earlier,
        "summary": summary,
        "currency": currency,
        "side": side,
        "currencies": CURRENCIES,
        "sides": SIDES,
        "page_obj": page,
        "rows": _named(rows),
    }


def _named(rows: list[Any]) -> list[tuple[Any, StockRecord | None]]:
    ids = [row.stockrecord_id for row in rows]
    records = StockRecord.objects.select_related("product", "partner").in_bulk(ids)
    return [(row, records.get(row.stockrecord_id)) for row in rows]


@require_POST
@access.office_page(access.VIEW_PRICES)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Approve, publish or throw away a draft, by right."""
    if name not in RIGHTS:
        raise Http404
    if not request.user.has_perm(RIGHTS[name]):
        raise PermissionDenied
    found = get_object_or_404(PriceListDraft, pk=pk)
    try:
        messages.success(request, _STEPS[name](found, request))
    except (pricing.DraftRefused, pricing.TooEarly) as refusal:
        messages.warning(request, str(refusal))
    return redirect("office:prices") if name == "discard" else redirect("office:price-draft", pk)


def _approve(found: PriceListDraft, request: HttpRequest) -> str:
    pricing.approve(draft_id=found.pk, approved_by=access.person(request), now=timezone.now())
    return _("The list is approved as it stands.")


def _publish(found: PriceListDraft, request: HttpRequest) -> str:
    operations.publish_prices(draft_id=found.pk, now=timezone.now())
    return _("The list is being published.")


def _discard(found: PriceListDraft, request: HttpRequest) -> str:
    pricing.discard(draft_id=found.pk)
    return _("The draft is thrown away.")


_STEPS: dict[str, Callable[[PriceListDraft, HttpRequest], str]] = {
    "approve": _approve,
    "publish": _publish,
    "discard": _discard,
}


@access.office_page(access.VIEW_PRICES)
def unpriced(request: HttpRequest) -> HttpResponse:
    """List what is on offer and has no price somewhere, and why."""
    now = timezone.now()
    current = _current(now)
    page = Paginator(missing.records_without(current), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": missing.explain(list(page.object_list), current, now), "current": current}
    return render(request, "office/prices_missing.html", context)


def _current(now: Any) -> PriceList | None:
    try:
        return queries.current_list(now)
    except queries.NoPriceList:
        return None
