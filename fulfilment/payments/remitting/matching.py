"""Setting a file's lines beside what was collected, all at once in the database."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from catalogue.kernel.money import ZERO
from fulfilment.orders.models import Line as OrderLine
from fulfilment.payments.models import CashCollected

from .models import RemittanceFile, RemittanceLine

State = RemittanceLine.State
PAYING = (State.MATCHED, State.DIFFERENCE)
MONEY = RemittanceLine._meta.get_field("amount")
NOTHING, NONE = Value(ZERO, output_field=MONEY), Value(Decimal(-1), output_field=MONEY)


def match(file: RemittanceFile) -> None:
    """Say of each line what it is, as collections stand now (three statements, however many lines).

    Only lines that change are written.
    """
    lines = RemittanceLine.objects.filter(file=file, number__gt=0)
    found = CashCollected.objects.filter(parcel=OuterRef("parcel"))
    lines.filter(Exists(found), collection=None).update(collection=Subquery(found.values("pk")))
    awaited = lines.annotate(awaits=_awaited(file))
    changed = Coalesce(F("expected"), NONE), Coalesce(F("awaits"), NONE)
    awaited.annotate(before=changed[0], after=changed[1]).exclude(before=F("after")).update(expected=F("awaits"))
    beside = F("amount") - Greatest(Coalesce(F("expected"), NOTHING), NOTHING)
    judged = lines.annotate(found=_state(file), beside=beside)
    judged.exclude(state=F("found"), difference=F("beside")).update(state=F("found"), difference=F("beside"))


def collections_of(parcels: Iterable[str]) -> dict[str, int]:
    """Find what was collected for parcels (one query)."""
    return dict(CashCollected.objects.filter(parcel__in=list(parcels)).values_list("parcel", "pk"))


def _awaited(file: RemittanceFile) -> Subquery:
    """What is still awaited for a line's collection: less what earlier files brought of it."""
    told = RemittanceLine.objects.filter(
        collection=OuterRef("pk"), file__state=RemittanceFile.State.BOOKED, state__in=PAYING
    )
    brought = told.order_by().values("collection").annotate(sum=Sum("amount")).values("sum")
    unpaid = CashCollected.objects.filter(pk=OuterRef("collection"), courier=file.courier_id, remittance=None)
    return Subquery(
        unpaid.annotate(left=Greatest(F("amount") - Coalesce(Subquery(brought), NOTHING), NOTHING)).values("left")
    )


def _state(file: RemittanceFile) -> Case:
    theirs = CashCollected.objects.filter(pk=OuterRef("collection"), courier=file.courier_id)
    parcels = OrderLine.objects.filter(consignment_line__consignment__reference=OuterRef("parcel"))
    known = Exists(parcels)
    return Case(
        When(amount=F("expected"), then=Value(State.MATCHED)),
        When(expected__gt=0, then=Value(State.DIFFERENCE)),
        When(Q(collection__isnull=False) & ~Exists(theirs), then=Value(State.NOT_THEIRS)),
        When(Q(collection__isnull=False, amount=0), then=Value(State.MATCHED)),
        When(collection__isnull=False, then=Value(State.TWICE)),
        When(known & Q(amount=0), then=Value(State.MATCHED)),
        When(known, then=Value(State.NOT_COLLECTED)),
        default=Value(State.UNKNOWN),
    )


def paid_by(file: RemittanceFile) -> list[int]:
    """Return the collections that a file pays for: as collected, or with more than that."""
    lines = RemittanceLine.objects.filter(file=file, state__in=PAYING, collection__isnull=False, difference__gte=0)
    return list(lines.filter(expected__isnull=False).order_by().values_list("collection", flat=True))


def surplus(courier_id: int, *also: RemittanceFile) -> Decimal:
    """Add up what lines of a courier's booked files brought beyond what was awaited, and of the files named."""
    booked = Q(file__state=RemittanceFile.State.BOOKED) | Q(file__in=[file.pk for file in also])
    lines = RemittanceLine.objects.filter(booked, file__courier=courier_id, difference__gt=0)
    return lines.aggregate(sum=Sum("difference"))["sum"] or ZERO
