"""What office lists show: filtered, newest first, each with a fixed number of queries."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from catalogue.cooperatives.models import Partner
from catalogue.kernel import money, phones, text
from catalogue.kernel.periods import start_of
from fulfilment.orders.models import Order
from fulfilment.payouts.models import Payable, Payout, PayoutRun
from fulfilment.reports.queries import ENDED
from fulfilment.warehouse.models import Consignment


def orders(wanted: dict[str, Any]) -> QuerySet[Order]:
    """Return orders that fit a cleaned ``OrderFilter``; an empty one gives all."""
    found = Order.objects.annotate(line_count=Count("lines")).order_by("-date_placed", "-pk")
    for name, field in (("state", "status"), ("currency", "currency"), ("country", "destination")):
        if wanted.get(name):
            found = found.filter(**{field: wanted[name]})
    if wanted.get("from_day"):
        found = found.filter(date_placed__gte=start_of(wanted["from_day"]))
    if wanted.get("to_day"):
        found = found.filter(date_placed__lt=start_of(wanted["to_day"] + timedelta(days=1)))
    return found.filter(_about(wanted["q"])) if wanted.get("q") else found


def _about(words: str) -> Q:
    words = text.squash(text.fold_digits(text.strip_controls(words)))
    about = Q(number__istartswith=words) | Q(buyer_name__icontains=words) | Q(recipient_name__icontains=words)
    try:
        phone = phones.normalise(words)
        about |= Q(phone=phone) | Q(recipient_phone=phone)
    except phones.NotAPhone:
        digits = "".join(character for character in words if character.isdigit())
        if len(digits) >= 4:
            about |= Q(phone__endswith=digits) | Q(recipient_phone__endswith=digits)
    return about


def consignments(wanted: dict[str, Any]) -> QuerySet[Consignment]:
    """Return consignments that fit a cleaned ``ConsignmentFilter``; an empty one gives all that waits, oldest first."""
    found = Consignment.objects.select_related("order", "cooperative").annotate(pieces=Sum("lines__quantity"))
    state = wanted.get("state") or "open"
    if wanted.get("q"):
        words = text.squash(text.fold_digits(wanted["q"]))
        found = found.filter(Q(reference__istartswith=words) | Q(order__number__istartswith=words))
        state = wanted.get("state") or "all"
    if state == "open":
        found = found.exclude(state__in=ENDED)
    elif state != "all":
        found = found.filter(state=state)
    if wanted.get("cooperative"):
        found = found.filter(cooperative=wanted["cooperative"])
    return found.order_by("opened_at", "pk") if state == "open" else found.order_by("-opened_at", "-pk")


def consignment(reference: str) -> QuerySet[Consignment]:
    """Return one consignment with its order, address and lines."""
    return (
        Consignment.objects.filter(reference=reference)
        .select_related(
            "order__shipping_address__country", "order__shipping_address__province", "cooperative", "moved_by"
        )
        .prefetch_related("lines__order_line__product__family")
    )


def order(number: str) -> QuerySet[Order]:
    """Return one order with everything its page shows."""
    return (
        Order.objects.filter(number=number)
        .select_related(
            "user",
            "shipping_address__country",
            "shipping_address__province",
            "shipping_address__commune",
            "price_list",
            "cash_terms",
        )
        .prefetch_related(
            "lines__partner",
            "lines__product",
            "lines__discounts",
            "delivery_discounts",
            "events__by",
            "consignments__cooperative",
            "payment_attempts__refunds",
            "messages",
        )
    )


def goods(order: Order) -> dict[str, Any]:
    """Add up an order's parts from its loaded lines: all in the order's currency."""
    lines = list(order.lines.all())
    return {
        "lines": lines,
        "goods": sum(line.line_price_incl_tax for line in lines),
        "farm_gate_mad": sum(line.owed_mad for line in lines),
        "given_mad": sum(line.given_mad for line in lines),
        "total_mad": money.quantize(order.total_incl_tax * order.mad_per_unit),
    }


def owed_by_cooperative() -> QuerySet[Partner]:
    """Return cooperatives with something not paid yet: ``owed_mad`` of it and ``line_count`` lines, most first."""
    return (
        Partner.objects.filter(payables__state=Payable.State.PAYABLE)
        .annotate(
            owed_mad=Sum("payables__amount_mad"),
            line_count=Count("payables"),
            oldest_at=Min("payables__earned_at"),
        )
        .order_by("-owed_mad", "pk")
    )


def payouts(run: PayoutRun | None = None) -> QuerySet[Payout]:
    """Return payouts with their cooperative and run, of one run or all."""
    found = Payout.objects.select_related("cooperative", "run")
    return found.filter(run=run) if run else found
