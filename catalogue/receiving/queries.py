"""Reads of goods that come, lie, move and are wanted."""

from collections.abc import Container, Iterable
from datetime import date
from itertools import count

from django.db.models import F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.lots.models import Lot, LotStock, Place, StockMovement

from .models import CallOff, Delivery, DeliveryLine, LotPart, Question, StocktakeLine, TransferLine
from .policies import Asked

Kind = StockMovement.Kind
OURS = (Place.Kind.HUB, Place.Kind.SHOP)
BOOKS = (Kind.COUNTED, Kind.ADJUSTED)
"""What puts the books right without a piece having come or gone."""


def our_places() -> QuerySet[Place]:
    """Hubs and shops that are open."""
    return Place.objects.filter(kind__in=OURS, is_active=True)


def questions_of(lot: Lot) -> list[Question]:
    """Return what is asked of a lot: the questions of every list that fits its product."""
    product = lot.stockrecord.product
    fits = Q(checklist__kinds__contains=[product.kind]) | Q(checklist__families__contains=[product.family.code])
    return list(Question.objects.filter(fits, is_active=True).select_related("checklist"))


def asked_of(questions: Iterable[Question]) -> list[Asked]:
    """Turn questions into what the policies judge."""
    return [
        Asked(
            code=question.code,
            answer=question.answer,
            minimum=question.minimum,
            maximum=question.maximum,
            good=frozenset(option["code"] for option in question.choices if option["good"]),
            others=frozenset(option["code"] for option in question.choices if not option["good"]),
        )
        for question in questions
    ]


def moved_really(stock_ids: Iterable[int]) -> dict[int, int]:
    """Sum what came and went of each lot stock, whatever only puts the books right left out."""
    rows = StockMovement.objects.filter(stock__in=list(stock_ids)).exclude(kind__in=BOOKS)
    return dict(rows.order_by().values_list("stock").annotate(total=Sum("change")))


def overtaken(lines: Iterable[StocktakeLine]) -> set[int]:
    """Return the lines whose lot someone else counted and applied, or put right, after they were counted."""
    lines = list(lines)
    stock = [line.stock_id for line in lines]
    counts = StocktakeLine.objects.filter(stock__in=stock, stocktake__state="APPLIED")
    fixes = StockMovement.objects.filter(stock__in=stock, kind=Kind.ADJUSTED)
    counted = dict(counts.order_by().values_list("stock").annotate(last=Max("counted_at")))
    fixed = dict(fixes.order_by().values_list("stock").annotate(last=Max("at")))
    return {
        line.pk
        for line in lines
        if (line.stock_id in counted and counted[line.stock_id] >= line.counted_at)
        or (line.stock_id in fixed and fixed[line.stock_id] > line.counted_at)
    }


def lots_by_code(place: Place, code: str) -> list[LotStock]:
    """Return what lies at a place of the lots that a scanned EAN, reference or cooperative's reference means."""
    product = Q(lot__stockrecord__product__upc=code) | Q(lot__stockrecord__product__sku=code)
    rows = LotStock.objects.filter(product | Q(lot__stockrecord__partner_sku=code), place=place, on_hand__gt=0)
    return list(rows.select_related("lot").order_by("lot__best_before", "pk")[:20])


def lots_found(words: str) -> QuerySet[Lot]:
    """Return lots by number, EAN, reference, or part of a product's name."""
    exact = Q(number__iexact=words) | Q(stockrecord__product__upc=words) | Q(stockrecord__product__sku__iexact=words)
    return Lot.objects.filter(exact | Q(number__istartswith=words) | Q(stockrecord__product__title__icontains=words))


def on_the_way() -> dict[int, int]:
    """Count what will be sold and is not yet, by stock record: announced, between places, and awaiting its check."""
    coming: dict[int, int] = {}
    announced = DeliveryLine.objects.filter(delivery__state=Delivery.State.ANNOUNCED)
    moving = TransferLine.objects.filter(transfer__state="SENT", stock__lot__state__in=("AWAITING", "RELEASED"))
    waiting = LotStock.objects.filter(lot__state=Lot.State.AWAITING, place__sells_online=True, place__is_active=True)
    for rows, record, pieces in (
        (announced, "stockrecord", "expected"),
        (moving, "stock__lot__stockrecord", "quantity"),
        (waiting, "lot__stockrecord", "on_hand"),
    ):
        for pk, total in rows.order_by().values_list(record).annotate(total=Sum(pieces)):  # type: ignore[attr-defined]
            coming[pk] = coming.get(pk, 0) + total
    return coming


def to_call() -> QuerySet[StockRecord]:
    """Stock records below their reorder level of which nothing is asked yet, and that cooperatives make again.

    Hampers are packed by us; single pieces and what is made to order are never asked for by number.
    """
    there = Coalesce(F("num_in_stock"), 0) - Coalesce(F("num_allocated"), 0)
    open_ones = CallOff.objects.filter(state__in=(CallOff.State.PROPOSED, CallOff.State.ASKED))
    return (
        StockRecord.objects.filter(low_stock_threshold__gt=there, partner__is_active=True)
        .filter(product__is_public=True, product__status="published")
        .filter(product__unique_piece=False, product__made_to_order=False, product__components=None)
        .exclude(pk__in=open_ones.values("stockrecord"))
        .select_related("product", "partner")
        .order_by("partner", "pk")
    )


def call_offs_for(cooperative: Partner) -> QuerySet[CallOff]:
    """What a cooperative is asked for and has not answered."""
    rows = CallOff.objects.filter(stockrecord__partner=cooperative, state=CallOff.State.ASKED)
    return rows.select_related("stockrecord__product", "place")


def whereabouts(cooperative: Partner) -> QuerySet[LotStock]:
    """What of a cooperative's goods lies where."""
    rows = LotStock.objects.filter(lot__stockrecord__partner=cooperative, on_hand__gt=0)
    related = rows.select_related("lot__stockrecord__product", "place")
    return related.order_by("lot__stockrecord__product__title", "place__kind", "place", "lot__best_before", "pk")


def lies_at(record: OuterRef, *, in_store: bool, name: str = "on_hand") -> Coalesce:
    """Sum what is released of a stock record in the cooperative's own store, or at our places."""
    kinds = (Place.Kind.COOPERATIVE,) if in_store else OURS
    rows = LotStock.objects.filter(lot__stockrecord=record, lot__state=Lot.State.RELEASED, place__kind__in=kinds)
    found = rows.order_by().values("lot__stockrecord").annotate(found=Sum(name)).values("found")
    return Coalesce(Subquery(found, output_field=IntegerField()), Value(0))


def proposed_number(record: StockRecord, made_on: date, taken: Container[str] = ()) -> str:
    """Return a lot number that nobody bears yet, for goods made on a day: year, day of the year, reference, serial."""
    stem = f"L{made_on:%y%j}-{record.product.sku}-"
    known = set(Lot.objects.filter(number__startswith=stem).values_list("number", flat=True))
    known |= set(DeliveryLine.objects.filter(lot_number__startswith=stem).values_list("lot_number", flat=True))
    serials = (f"{stem}{serial}" for serial in count(1))
    return next(number for number in serials if number not in known and number not in taken)


def hampers_with(lot: Lot) -> QuerySet[Lot]:
    """The lots of hampers that hold pieces of a lot, sold ones too."""
    rows = LotPart.objects.filter(stock__lot=lot).order_by().values("hamper").annotate(left=Sum("pieces"))
    return Lot.objects.filter(pk__in=rows.filter(left__gt=0).values("hamper"))
