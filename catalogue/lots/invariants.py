"""What must always be true of lots: the sums that the database keeps are proved again from every row."""

from collections.abc import Iterable

from django.db.models import F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import invariant

from .models import Lot, LotShare, LotStock, QualityDecision, StockMovement
from .policies import WHOLE_LOT


@invariant("lots: what a place has is the sum of what came and went")
def places_follow_movements() -> Iterable[object]:
    moved = StockMovement.objects.filter(stock=OuterRef("pk")).order_by().values("stock")
    total = Subquery(moved.annotate(found=Sum("change")).values("found"), output_field=IntegerField())
    return LotStock.objects.annotate(moved=Coalesce(total, 0)).exclude(on_hand=F("moved"))


@invariant("lots: a stock record is the sum of its released lots where the site sells from")
def records_follow_lots() -> Iterable[object]:
    sold_from = LotStock.objects.filter(
        lot__stockrecord=OuterRef("pk"), lot__state=Lot.State.RELEASED, place__sells_online=True, place__is_active=True
    )
    grouped = sold_from.order_by().values("lot__stockrecord")

    def summed(name: str) -> Coalesce:
        return Coalesce(Subquery(grouped.annotate(found=Sum(name)).values("found"), output_field=IntegerField()), 0)

    records = StockRecord.objects.annotate(
        there=summed("on_hand"),
        promised=summed("held"),
        in_stock=Coalesce("num_in_stock", 0),
        allocated=Coalesce("num_allocated", 0),
    )
    rows = records.exclude(Q(in_stock=F("there")) & Q(allocated=F("promised")))
    return rows.values_list("pk", "in_stock", "there", "allocated", "promised")


@invariant("lots: a lot is in the state last decided of it")
def lots_follow_decisions() -> Iterable[object]:
    last = QualityDecision.objects.filter(lot=OuterRef("pk")).order_by("-at", "-pk").values("state")[:1]
    decided = Lot.objects.annotate(decided=Subquery(last))
    return decided.filter(decided__isnull=False).exclude(state=F("decided"))


@invariant("lots: the shares of a lot that several made come to the whole of it")
def shares_are_the_whole() -> Iterable[object]:
    sums = LotShare.objects.order_by().values_list("lot__number").annotate(total=Sum("per_mille"))
    return sums.exclude(total=WHOLE_LOT)
