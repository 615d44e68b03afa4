"""What must always be true of goods that come and move."""

from collections.abc import Iterable

from django.db.models import CharField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Length, LPad

from catalogue.kernel.invariants import invariant
from catalogue.lots.models import StockMovement

from .models import DeliveryLine, LotPart, StocktakeLine, TransferLine

Kind = StockMovement.Kind


def _moved(prefix: str, owner: str, kinds: tuple[str, ...], **where: object) -> Coalesce:
    """Sum the movements of one lot that bear the number of a delivery, transfer or stocktake."""
    text = Cast(OuterRef(owner), CharField())
    number = Concat(Value(f"{prefix}-"), LPad(text, Greatest(Length(text), 6), Value("0")))
    rows: QuerySet[StockMovement] = StockMovement.objects.filter(reference=number, kind__in=kinds, **where)
    found = rows.order_by().values("reference").annotate(found=Sum("change")).values("found")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


@invariant("receiving: what was found and not refused lies at the place, and nothing else")
def deliveries_are_in_stock() -> Iterable[object]:
    """Refused goods never enter the stock: only the place's own movements are looked at."""
    here = {"stock__lot": OuterRef("lot"), "stock__place": OuterRef("delivery__place")}
    moved = _moved("D", "delivery_id", (Kind.RECEIVED, Kind.MOVED_IN), **here)
    lines = DeliveryLine.objects.annotate(moved=moved)
    received = Q(delivery__state__in=("RECEIVED", "CLOSED"))
    return lines.filter(received, lot__isnull=False).exclude(moved=F("counted") - F("refused"))


@invariant("receiving: what left for another place left once, and what arrived lies there")
def transfers_moved_what_they_say() -> Iterable[object]:
    left = _moved("T", "transfer_id", (Kind.MOVED_OUT,), stock=OuterRef("stock"))
    there = {"stock__lot": OuterRef("stock__lot"), "stock__place": OuterRef("transfer__to_place")}
    came = _moved("T", "transfer_id", (Kind.MOVED_IN,), **there)
    lines = TransferLine.objects.annotate(left=left, came=came, found=Coalesce("arrived", 0))
    return lines.exclude(Q(left=-F("quantity")) & Q(came=F("found")))


@invariant("receiving: a stocktake changed the books as its lines say")
def stocktakes_changed_the_books() -> Iterable[object]:
    moved = _moved("S", "stocktake_id", (Kind.COUNTED,), stock=OuterRef("stock"))
    return StocktakeLine.objects.annotate(written=moved).exclude(written=Coalesce("applied", 0))


@invariant("receiving: nothing comes out of a hamper that did not go in")
def hampers_hold_what_went_in() -> Iterable[object]:
    left = LotPart.objects.order_by().values("hamper", "stock").annotate(left=Sum("pieces"))
    return left.filter(left__lt=0)
