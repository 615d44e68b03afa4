"""Reads of lots and of the places where goods lie."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from catalogue.cooperatives.models import Partner
from catalogue.places.models import Province

from .models import Lot, LotStock, Place, QualityDecision, StockMovement
from .policies import LEAST_DAYS_HOME, Candidate, Position, lasts, least_days


def sellable(*, place_id: int | None = None) -> QuerySet[LotStock]:
    """What may be taken for an order: released lots at one place, or wherever the site sells from."""
    where = Q(place_id=place_id) if place_id else Q(place__sells_online=True)
    return LotStock.objects.filter(where, lot__state=Lot.State.RELEASED, place__is_active=True)


def candidates_of(rows: Iterable[LotStock], *, day: date, abroad: bool = False) -> list[Candidate]:
    """Turn loaded rows (with lot, stock record, product and place) into what may be chosen from on a day."""
    return [
        Candidate(
            stock_id=row.pk,
            stockrecord_id=row.lot.stockrecord_id,
            lot_id=row.lot_id,
            place_id=row.place_id,
            free=row.free,
            produced_on=row.lot.produced_on,
            best_before=row.lot.best_before,
            position=position_of(row.place),
        )
        for row in rows
        if row.lot.state == Lot.State.RELEASED and lasts(row.lot.best_before, day, _least(row, abroad=abroad))
    ]


def _least(row: LotStock, *, abroad: bool) -> int:
    return least_days(abroad=abroad, shelf_life_days=row.lot.stockrecord.product.shelf_life_days)


def is_promised(lot: Lot) -> bool:
    """Tell whether a piece of a lot is promised to a buyer or has left with one (two queries at most)."""
    stock = LotStock.objects.filter(lot=lot)
    return stock.filter(held__gt=0).exists() or stock.filter(movements__kind=StockMovement.Kind.SOLD).exists()


def may_share(lot: Lot) -> list[Partner]:
    """Return who may have made a lot: its cooperative and the others of its union; nobody without one (one query)."""
    union = lot.stockrecord.partner.union_id
    members = Partner.objects.filter(union=union, union__isnull=False)
    return list(members.filter(Q(is_active=True) | Q(lot_shares__lot=lot)).distinct().order_by("short_name", "pk"))


def position_of(place: Place | Province) -> Position:
    return Position(float(place.latitude), float(place.longitude))


TOO_OLD_CHUNK = 200


def released_and_ageing(day: date) -> QuerySet[Lot]:
    """Released lots that may be too near their date on a day, with their product."""
    soon = day + timedelta(days=LEAST_DAYS_HOME)
    ageing = Lot.objects.filter(state=Lot.State.RELEASED, best_before__lte=soon)
    return ageing.select_related("stockrecord__product").order_by("pk")


def unsendable(lot_ids: Iterable[int]) -> set[int]:
    """Name the lots that may not leave: neither released nor only too near their date to be sold anew (one query)."""
    last = QualityDecision.objects.filter(lot=OuterRef("pk")).order_by("-at", "-pk").values("reason")[:1]
    unfit = Lot.objects.filter(pk__in=set(lot_ids)).exclude(state=Lot.State.RELEASED).annotate(why=Subquery(last))
    grown_old = Q(state=Lot.State.BLOCKED, why=QualityDecision.Reason.TOO_OLD)
    return set(unfit.exclude(grown_old).values_list("pk", flat=True))
