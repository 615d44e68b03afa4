"""What must always be true of orders."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db.models import Case, F, IntegerField, OuterRef, Prefetch, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalogue.kernel.invariants import invariant
from catalogue.lots.models import LotStock

from .allocating.models import Allocation
from .at_the_door import ask
from .inspecting import invariants as inspections  # noqa: F401
from .models import Line, LineDiscount, Order
from .policies import HOLDING
from .queries import breakdown_of, frozen_lines
from .sharing import invariants as shares  # noqa: F401
from .withdrawing import invariants as withdrawals  # noqa: F401

CHUNK = 500
SWEPT_WITHIN = timedelta(hours=1)
LEFT_THE_SHELF = ("SHORT", "HANDED_OVER", "IN_TRANSIT", "DELIVERED", "REFUSED", "LOST", "RETURNED", "CANCELLED")


@invariant("orders: the total is the lines and the delivery")
def total_is_the_sum() -> Iterable[object]:
    lines = Line.objects.filter(order=OuterRef("pk")).order_by().values("order")
    duty = Case(When(stamp_duty_borne_by="buyer", then=F("stamp_duty")), default=Value(Decimal(0)))
    return (
        Order.objects.annotate(
            door=duty - F("cash_rounding"),
            goods=Subquery(lines.annotate(amount=Sum("line_price_incl_tax")).values("amount")),
            goods_excl=Subquery(lines.annotate(amount=Sum("line_price_excl_tax")).values("amount")),
        )
        .exclude(
            total_incl_tax=F("goods") + F("shipping_incl_tax") + F("door"),
            total_excl_tax=F("goods_excl") + F("shipping_excl_tax") + F("door"),
        )
        .values_list("number", flat=True)
    )


@invariant("orders: a line costs its price less its discounts, tax included and excluded")
def lines_less_their_discounts() -> Iterable[object]:
    rows = LineDiscount.objects.filter(line=OuterRef("pk")).order_by().values("line")
    nothing = Value(Decimal(0))
    return (
        Line.objects.annotate(
            off=Coalesce(Subquery(rows.annotate(found=Sum("amount")).values("found")), nothing),
            off_tax=Coalesce(Subquery(rows.annotate(found=Sum("tax")).values("found")), nothing),
            given=Coalesce(Subquery(rows.annotate(found=Sum("cooperative_mad")).values("found")), nothing),
        )
        .exclude(
            line_price_incl_tax=F("unit_price_incl_tax") * F("quantity") - F("off"),
            line_price_excl_tax=F("unit_price_excl_tax") * F("quantity") - F("off") + F("off_tax"),
            given_mad=F("given"),
        )
        .values_list("pk", flat=True)
    )


@invariant("orders: what each part of an order came to adds up to its total")
def breakdowns_add_up() -> Iterable[object]:
    orders = Order.objects.order_by("pk").prefetch_related(Prefetch("lines", queryset=frozen_lines()))
    for order in orders.iterator(chunk_size=CHUNK):
        if breakdown_of(order, order.lines.all()).total != order.total_incl_tax:
            yield order.number


@invariant("orders: what was asked at the door follows from the price and the rules of that day")
def cash_follows_its_rules() -> Iterable[object]:
    orders = Order.objects.exclude(cash_step=0, stamp_duty_pct=0).order_by("pk")
    for order in orders.iterator(chunk_size=CHUNK):
        door = order.at_the_door
        if door is None or door != ask(door.price, order.cash_rules):
            yield order.number


@invariant("orders: each line was sold at its published price")
def lines_at_their_price() -> Iterable[object]:
    return Line.objects.exclude(
        unit_price_incl_tax=F("price__price"),
        farm_gate_mad=F("price__farm_gate_mad"),
        seller_of_record=F("price__seller_of_record"),
        order__currency=F("price__currency"),
        order__side=F("price__side"),
        order__price_list=F("price__price_list"),
    ).values_list("pk", flat=True)


@invariant("orders: what is promised is what open orders wait for")
def promises_are_open_orders() -> Iterable[object]:
    waiting = Allocation.objects.filter(stock=OuterRef("pk"), state=Allocation.State.HELD).order_by().values("stock")
    kept = Subquery(waiting.annotate(total=Sum("quantity")).values("total"), output_field=IntegerField())
    rows = LotStock.objects.annotate(waiting=Coalesce(kept, 0)).exclude(held=F("waiting"))
    yield from rows.values_list("pk", "held", "waiting")
    ended = Allocation.objects.filter(state=Allocation.State.HELD).exclude(line__order__status__in=HOLDING)
    yield from ended.values_list("pk", "line__order__number")


@invariant("orders: what has not left is kept for its line, whole")
def lines_are_kept_whole() -> Iterable[object]:
    held = Allocation.objects.filter(line=OuterRef("pk"), state=Allocation.State.HELD).order_by().values("line")
    kept = Subquery(held.annotate(total=Sum("quantity")).values("total"), output_field=IntegerField())
    lines = Line.objects.annotate(kept=Coalesce(kept, 0))
    yield from lines.exclude(num_allocated=F("kept")).values_list("pk", "num_allocated", "kept")
    missing = lines.filter(order__status__in=HOLDING).exclude(kept=F("quantity"))
    missing = missing.exclude(consignment_line__consignment__state__in=LEFT_THE_SHELF)
    known = missing.filter(shortages__outcome__in=("", "left_out"))  # of the app above: asked, or sent without
    yield from missing.exclude(pk__in=known.values("pk")).values_list("pk", "quantity", "kept")


@invariant("orders: every order has a line")
def no_empty_orders() -> Iterable[object]:
    return Order.objects.filter(lines__isnull=True).values_list("number", flat=True)


@invariant("orders: an order that waits to be confirmed has its question, and is not waited for for ever")
def waiting_orders_are_asked() -> Iterable[object]:
    waiting = Order.objects.filter(status="PENDING_CONFIRMATION")
    late = Q(confirmation=None) | Q(confirmation__ends_at__lt=timezone.now() - SWEPT_WITHIN)
    return waiting.filter(late).values_list("number", flat=True)


@invariant("orders: what the desk wrote down of its calls is what became of the order")
def calls_agree() -> Iterable[object]:
    answers = {"confirmed": ("PENDING_CONFIRMATION",), "declined": tuple(set(Order.Status.values) - {"CANCELLED"})}
    for outcome, impossible in answers.items():
        found = Order.objects.filter(confirmation_calls__outcome=outcome, status__in=impossible)
        yield from found.values_list("number", flat=True)
