"""What must always be true of payments."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Q
from django.utils import timezone

from catalogue.kernel.invariants import invariant
from fulfilment.orders.models import Order

from .models import PaymentAttempt
from .queries import abandoned_orders

SWEPT_WITHIN = timedelta(minutes=10)
"""An overdue order is given up by the next sweep; so long after its time none has run."""

PAID = ("PAID", "PREPARING", "SHIPPED", "DELIVERED", "COMPLETED")


@invariant("payments: an order succeeds at most once")
def one_success() -> Iterable[object]:
    return (
        Order.objects.annotate(paid=Count("payment_attempts", filter=Q(payment_attempts__state="SUCCEEDED")))
        .filter(paid__gt=1)
        .values_list("number", flat=True)
    )


@invariant("payments: what is paid by card has a success behind it")
def paid_has_success() -> Iterable[object]:
    return (
        Order.objects.filter(status__in=PAID, payment_method="card")
        .exclude(payment_attempts__state="SUCCEEDED")
        .values_list("number", flat=True)
    )


@invariant("payments: an order past its time has a payment that may still come, or one that a person looks at")
def overdue_is_waited_for() -> Iterable[object]:
    return abandoned_orders(timezone.now() - SWEPT_WITHIN).values_list("number", flat=True)


@invariant("payments: no cash is awaited for an order that ended")
def no_cash_for_the_ended() -> Iterable[object]:
    ended = ("CANCELLED", "EXPIRED", "REFUSED", "RETURNED")
    attempts = PaymentAttempt.objects.filter(provider="cash", state="STARTED", order__status__in=ended)
    return attempts.values_list("order__number", flat=True)


@invariant("payments: a success is for the order's exact total")
def success_is_exact() -> Iterable[object]:
    return (
        PaymentAttempt.objects.filter(state="SUCCEEDED")
        .exclude(amount=F("order__total_incl_tax"), currency=F("order__currency"))
        .values_list("order__number", flat=True)
    )
