"""What must always be true of withdrawals; ``fulfilment.orders.invariants`` loads these."""

from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from fulfilment.orders.models import Line

from .models import Withdrawal, WithdrawalLine
from .queries import withdrawn_pieces


@invariant("withdrawals: no more is sent back than was bought")
def within_bought() -> Iterable[object]:
    return Line.objects.annotate(withdrawn=withdrawn_pieces()).filter(withdrawn__gt=F("quantity")).values_list("pk")


@invariant("withdrawals: each names pieces of its own order, and none that cannot be sent back")
def of_its_order() -> Iterable[object]:
    wrong = WithdrawalLine.objects.filter(
        ~Q(line__order=F("withdrawal__order")) | Q(line__withdrawal_period__days=0)
    ).values_list("withdrawal", flat=True)
    yield from Withdrawal.objects.filter(Q(lines__isnull=True) | Q(pk__in=wrong)).values_list("pk", flat=True)


@invariant("withdrawals: what is accepted, and nothing else, says how many pieces are back")
def accepted_says_what_is_back() -> Iterable[object]:
    accepted = Q(withdrawal__state=Withdrawal.State.ACCEPTED)
    rows = WithdrawalLine.objects.filter(accepted & Q(back__isnull=True) | ~accepted & Q(back__isnull=False))
    return rows.values_list("pk", flat=True)


@invariant("withdrawals: what was paid for delivery goes back with the last piece of an order, and only then")
def delivery_with_the_whole() -> Iterable[object]:
    back = (
        WithdrawalLine.objects.filter(line=OuterRef("pk"), withdrawal__state=Withdrawal.State.ACCEPTED)
        .order_by()
        .values("line")
        .annotate(total=Sum("back"))
        .values("total")
    )
    missing = Line.objects.annotate(came=Coalesce(Subquery(back), 0)).filter(came__lt=F("quantity")).values("order")
    return Withdrawal.objects.filter(state=Withdrawal.State.ACCEPTED, delivery=True, order__in=missing).values_list(
        "pk", flat=True
    )
