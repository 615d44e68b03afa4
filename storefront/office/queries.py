"""What office lists show: filtered, newest first, each with a fixed number of queries."""

from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, Sum

from catalogue.kernel import money, phones, text
from catalogue.kernel.periods import start_of
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Line, Order
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.holding.queries import unanswered
from fulfilment.payments.models import Refund
from fulfilment.payments.queries import total_in_the_end
from fulfilment.payouts.models import Payout, PayoutRun
from fulfilment.reports.queries import ENDED
from fulfilment.warehouse.models import Consignment


def orders(wanted: dict[str, Any]) -> QuerySet[Order]:
    """Return orders that fit a cleaned ``OrderFilter``; an empty one gives all."""
    found = Order.objects.annotate(total=total_in_the_end()).order_by("-date_placed", "-pk")
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


REFUND_LISTS = {
    "waiting": (Refund.State.ASKED,),
    "failed": (Refund.State.FAILED,),
    "open": Refund.OPEN_STATES,
    "over": (Refund.State.SUCCEEDED, Refund.State.DECLINED),
}


def refunds(which: str) -> QuerySet[Refund]:
    """Return refunds of one list: those that wait or are open oldest first, those that are over newest first."""
    found = Refund.objects.filter(state__in=REFUND_LISTS[which])
    found = found.select_related("attempt__order", "asked_by", "transfer")
    if which == "failed":
        found = found.filter(followed_by=None)
    return found.order_by("-pk") if which == "over" else found.order_by("created_at", "pk")


def refund(pk: int) -> Refund | None:
    """Return one refund with what its page shows (two queries)."""
    people = ("asked_by", "decided_by", "transfer__given_by", "transfer__made_by", "follows", "followed_by")
    found = Refund.objects.filter(pk=pk).select_related("attempt__order", *people)
    return found.prefetch_related("lines__order_line").first()


def consignments(wanted: dict[str, Any]) -> QuerySet[Consignment]:
    """Return consignments that fit a cleaned ``ConsignmentFilter``; an empty one gives all that waits, oldest first."""
    found = Consignment.objects.select_related("order", "origin").annotate(pieces=Sum("lines__quantity"))
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
        found = found.filter(origin__cooperative=wanted["cooperative"])
    return found.order_by("opened_at", "pk") if state == "open" else found.order_by("-opened_at", "-pk")


def consignment(reference: str) -> QuerySet[Consignment]:
    """Return one consignment with its order, address and lines."""
    return (
        Consignment.objects.filter(reference=reference)
        .select_related(
            "order__shipping_address__country",
            "order__shipping_address__province",
            "origin",
            "courier",
            "moved_by",
        )
        .prefetch_related("lines__order_line__product__family", "delivery_attempts__by")
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
            "invoice_party",
        )
        .prefetch_related(
            Prefetch("lines", Line.objects.select_related("consignment_line__consignment").order_by("pk")),
            "lines__partner",
            "lines__product",
            "lines__discounts",
            "delivery_discounts",
            "events__by",
            "consignments__origin",
            "payment_attempts__refunds",
            "payment_attempts__disputes",
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


def holds() -> QuerySet[Hold]:
    """Return cards that wait for an answer, the most urgent first, with order and lines."""
    return unanswered().select_related("attempt__order").prefetch_related("attempt__order__lines")


def answered_holds() -> QuerySet[Hold]:
    """Return what was answered, the latest first."""
    answered = Hold.objects.exclude(answer="").select_related("attempt__order", "answered_by")
    return answered.order_by("-answered_at", "-pk")


def drafting(cycle: str) -> bool:
    """Tell whether a worker is to draft a run of this cycle, or does."""
    waiting = Job.objects.filter(task="fulfilment.payouts.draft_run", payload__cycle=cycle)
    return waiting.filter(state__in=(Job.State.WAITING, Job.State.RUNNING)).exists()


def payouts(run: PayoutRun | None = None) -> QuerySet[Payout]:
    """Return payouts with their cooperative and run, of one run or all."""
    found = Payout.objects.select_related("cooperative", "run", "account")
    return found.filter(run=run) if run else found
