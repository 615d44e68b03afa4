"""What the pages of hubs and shops list."""

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from catalogue.lots.models import Lot, LotStock
from catalogue.receiving.models import CallOff, Delivery, Stocktake, StocktakeLine, Transfer


def lots_listed(rows: QuerySet[Lot]) -> QuerySet[Lot]:
    """Return lots with product, cooperative and what lies where, what ends first first."""
    lies = LotStock.objects.filter(on_hand__gt=0).select_related("place").order_by("place__kind", "pk")
    related = rows.distinct().select_related("stockrecord__product", "stockrecord__partner")
    prefetched = related.prefetch_related(Prefetch("stock", queryset=lies, to_attr="lies"))
    return prefetched.order_by(F("best_before").asc(nulls_last=True), "pk")


def deliveries_listed() -> QuerySet[Delivery]:
    rows = Delivery.objects.select_related("cooperative", "place")
    return rows.annotate(pieces=Sum("lines__expected"), refused=Sum("lines__refused")).order_by("-expected_on", "-pk")


def transfers_listed() -> QuerySet[Transfer]:
    rows = Transfer.objects.select_related("from_place", "to_place", "sent_by")
    return rows.annotate(pieces=Sum("lines__quantity"), found=Sum("lines__arrived")).order_by("-sent_at", "-pk")


def stocktakes_listed() -> QuerySet[Stocktake]:
    """Return stocktakes with how many of their lines are counted, the newest first."""
    rows = Stocktake.objects.select_related("place", "opened_by").annotate(counted=Count("lines"))
    return rows.order_by("-opened_at", "-pk")


def counted_lines(stocktake: Stocktake) -> QuerySet[StocktakeLine]:
    """Return what was counted, differences first."""
    rows = StocktakeLine.objects.filter(stocktake=stocktake).select_related("stock__lot__stockrecord__product")
    return rows.annotate(is_same=Q(counted=F("book"))).order_by("is_same", "-counted_at", "-pk")


def not_counted(stocktake: Stocktake) -> QuerySet[LotStock]:
    """Return what the books have at the place and nobody counted yet."""
    rows = LotStock.objects.filter(place=stocktake.place, on_hand__gt=0)
    rest = rows.exclude(pk__in=stocktake.lines.values("stock"))
    return rest.select_related("lot__stockrecord__product").order_by("shelf", "lot__number")


def call_offs_open() -> QuerySet[CallOff]:
    """Return what is proposed and asked, by cooperative."""
    rows = CallOff.objects.filter(state__in=(CallOff.State.PROPOSED, CallOff.State.ASKED))
    related = rows.select_related("stockrecord__product", "stockrecord__partner", "place")
    return related.order_by("stockrecord__partner__short_name", "state", "pk")


def call_offs_ended() -> QuerySet[CallOff]:
    rows = CallOff.objects.exclude(state__in=(CallOff.State.PROPOSED, CallOff.State.ASKED))
    return rows.select_related("stockrecord__product", "stockrecord__partner", "delivery").order_by("-ended_at", "-pk")
