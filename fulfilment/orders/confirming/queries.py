"""Reads of what waits to be confirmed, and of how a number's orders in cash ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from fulfilment.orders.models import CashAllowed, Confirmation, ConfirmationCall, Order, OrderEvent
from fulfilment.orders.policies import CASH

from .policies import LINK, Past, Rules, Standing

TAKEN = ("DELIVERED", "COMPLETED")
NOT_TAKEN = ("REFUSED", "RETURNED")


def rules() -> Rules:
    """Return the settings of today."""
    return Rules(
        way=settings.COD_CONFIRMATION,
        which=settings.COD_CONFIRM_WHICH,
        above_mad=settings.COD_DOUBTFUL_ABOVE_MAD,
        first=settings.COD_DOUBTFUL_FIRST_ORDER,
        refusals=settings.COD_REFUSALS,
    )


def standing_of(phone: str, now: datetime) -> Standing:
    """Read how the orders in cash of a number ended, the newest first, since it was last let off (one query).

    One that was sent back after it had been accepted was taken.
    """
    let_off = CashAllowed.objects.filter(order__phone=phone).order_by("-at").values("at")[:1]
    accepted = OrderEvent.objects.filter(order=OuterRef("pk"), kind="delivered")
    ended = past_of(phone).filter(date_placed__gt=now - timedelta(days=settings.COD_REFUSALS_DAYS))
    ended = ended.alias(let_off=Subquery(let_off)).filter(Q(let_off=None) | Q(date_placed__gt=F("let_off")))
    rows = ended.annotate(accepted=Exists(accepted)).values_list("date_placed", "status", "accepted")
    return Standing(tuple(Past(at, status in TAKEN or accepted) for at, status, accepted in rows))


def past_of(phone: str) -> "QuerySet[Order]":
    """Return the orders in cash of a number that came to the door, the newest first.

    One that never came because its courier lost it says nothing of who ordered it.
    """
    lost = Order.objects.filter(phone=phone, status=Order.Status.RETURNED, consignments__state="LOST")
    lost = lost.exclude(consignments__state__in=NOT_TAKEN)
    found = Order.objects.filter(phone=phone, payment_method=CASH, status__in=(*TAKEN, *NOT_TAKEN))
    found = found.exclude(pk__in=lost.values("pk"))
    return found.order_by("-date_placed", "-pk")


def waiting() -> "QuerySet[Confirmation]":
    """Return what nobody has confirmed yet."""
    return Confirmation.objects.filter(order__status=Order.Status.PENDING_CONFIRMATION)


def to_call(now: datetime) -> "QuerySet[Confirmation]":
    """Return orders to be confirmed by phone, the oldest first, each with ``tries`` (two queries)."""
    calls = ConfirmationCall.objects.order_by("number")
    return (
        waiting()
        .filter(call_from__lte=now)
        .select_related("order__shipping_address__commune", "order__shipping_address__province")
        .prefetch_related(Prefetch("order__confirmation_calls", queryset=calls))
        .annotate(tries=Count("order__confirmation_calls"))
        .order_by("asked_at", "pk")
    )


def not_called_yet(now: datetime) -> int:
    """How many wait for their link to be used."""
    return waiting().filter(Q(call_from__gt=now), by_link=True).count()


def of_order(order_id: int) -> Confirmation | None:
    return Confirmation.objects.select_related("order").filter(order=order_id).first()


def asks_by_link() -> bool:
    return bool(settings.COD_CONFIRMATION == LINK)


def of_number(number: str) -> Confirmation | None:
    """Return the question asked about an order, with the order (one query)."""
    return Confirmation.objects.select_related("order").filter(order__number=number).first()
