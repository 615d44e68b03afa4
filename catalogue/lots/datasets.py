"""Our own places, and the lots that lie somewhere on the first day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel import translated
from catalogue.kernel.bulk import BATCH, Counts, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, finish, register
from catalogue.kernel.periods import day_of
from catalogue.places.models import Province

from .models import Lot, LotStock, Place, QualityDecision, StockMovement
from .operations import place_of
from .policies import lasts, least_days

AT_THE_COOPERATIVE = "COOP"
OURS = {"CASA-HUB": ("hub", "MA-CAS"), "SHOP-CASA": ("shop", "MA-CAS"), "SHOP-RABAT": ("shop", "MA-RAB")}
"""The places that lots name, with kind and province: what is known of them where their file is missing."""

NAMES = translated.columns("name", "town", "address")
FIELDS = ("kind", "province", "postal_code", "phone", "latitude", "longitude", "sells_online", *NAMES)


@dataclass(frozen=True)
class PlaceRow:
    place: Place
    province: str


@register
class Places(Dataset[PlaceRow]):
    file = "places.csv"
    columns = ("code", "kind", *translated.columns("name", "town", "address"), "province", "lat", "lon", "sells_online")
    label = "code"
    after = ("provinces.csv",)
    is_optional = True

    def read(self, cells: Cells) -> PlaceRow:
        place = Place(
            code=cells.choice("code", OURS),
            kind=cells.choice("kind", ("hub", "shop")),
            postal_code=cells.text("postal_code", required=False, max_length=5),
            phone=cells.text("phone", required=False, max_length=16),
            latitude=cells.number("lat", minimum=None, places=5) or Decimal(0),
            longitude=cells.number("lon", minimum=None, places=5) or Decimal(0),
            sells_online=cells.flag("sells_online"),
            **translated.read(cells, "name", max_length=128),
            **translated.read(cells, "town", "town", max_length=120),
            **translated.read(cells, "address", "address", max_length=200),
        )
        return PlaceRow(place, cells.reference("province", "provinces.csv", what="province"))

    def apply(self, items: list[PlaceRow], context: Context) -> Counts:
        provinces = dict(Province.objects.values_list("code", "pk"))
        for row in items:
            row.place.province_id = provinces[row.province]
        return upsert(Place, [row.place for row in items], key=("code",), fields=FIELDS)


@dataclass(frozen=True)
class LotRow:
    number: str
    sku: str
    quantity: int
    produced_on: date
    best_before: date | None
    received_on: date
    location: str


@register
class Lots(Dataset[LotRow]):
    file = "initial_lots.csv"
    columns = ("lot_no", "sku", "qty", "production_date", "best_before", "received_on", "location")
    label = "lot_no"
    after = ("products.csv", "places.csv")

    def read(self, cells: Cells) -> LotRow:
        produced_on, best_before = cells.day("production_date"), cells.day("best_before", required=False)
        received_on = cells.day("received_on")
        if produced_on and received_on and received_on < produced_on:
            cells.refuse("received_on is before production_date")
        if produced_on and best_before and best_before <= produced_on:
            cells.refuse("best_before is not after production_date")
        return LotRow(
            number=cells.text("lot_no", max_length=40),
            sku=cells.reference("sku", "products.csv", what="product"),
            quantity=cells.integer("qty", minimum=1) or 0,
            produced_on=produced_on or date.min,
            best_before=best_before,
            received_on=received_on or date.min,
            location=cells.choice("location", (*OURS, AT_THE_COOPERATIVE)),
        )

    def check(self, items: list[LotRow], context: Context) -> None:
        """A product's lots add up to its opening stock."""
        if len(items) < len(context.known[self.file]):
            return  # some lot is wrong already
        in_lots: Counter[str] = Counter()
        for row in items:
            in_lots[row.sku] += row.quantity
        for item in context.items.get("products.csv", []):
            sku = item.product.sku
            if in_lots[sku] != item.initial_stock:
                context.refuse(
                    "products.csv",
                    f"sku {sku}",
                    f"initial_stock is {item.initial_stock}, its lots in {self.file} hold {in_lots[sku]}",
                    sku,
                )


@finish("lots", order=20)
def write_lots(context: Context) -> Counts:
    """Write the opening lots of stock records that have no lot yet: what came and went since is never touched."""
    places = _places()
    stores = {row.cooperative_id: row for row in places.values() if row.cooperative_id}
    records = _records_without_lots()
    sellers = {item.product.sku: item.cooperative for item in context.items["products.csv"]}
    found = [(row, records[key]) for row in _rows(context) if (key := _key(row, sellers)) in records]
    lots = [_lot(row, record, context) for row, record in found]
    Lot.objects.bulk_create(lots, batch_size=BATCH)
    stock = [
        LotStock(lot=lot, place=places.get(row.location) or stores[record.partner_id])
        for lot, (row, record) in zip(lots, found, strict=True)
    ]
    LotStock.objects.bulk_create(stock, batch_size=BATCH)
    StockMovement.objects.bulk_create(
        [
            StockMovement(stock=lies, kind=StockMovement.Kind.OPENING, change=row.quantity, at=context.now)
            for lies, (row, _record) in zip(stock, found, strict=True)
        ],
        batch_size=BATCH,
    )
    QualityDecision.objects.bulk_create([_decision(lot, context) for lot in lots], batch_size=BATCH)
    return Counts(created=len(lots))


def _places() -> dict[str, Place]:
    """Return places by code, after making those that are missing: ours, and a store for every cooperative."""
    there = set(Place.objects.values_list("code", flat=True))
    provinces = {row.code: row for row in Province.objects.all()}
    for code, (kind, province) in OURS.items():
        if code not in there and province in provinces:
            where = provinces[province]
            Place.objects.create(
                code=code,
                kind=kind,
                name=code,
                town=where.chief_town,
                province=where,
                latitude=where.latitude,
                longitude=where.longitude,
            )
    for cooperative in Partner.objects.filter(place=None):
        place_of(cooperative)
    return {row.code: row for row in Place.objects.all()}


def _records_without_lots() -> dict[tuple[str, str], Any]:
    records = StockRecord.objects.filter(lots=None).select_related("product", "partner")
    return {(record.product.sku, record.partner.code or ""): record for record in records}


def _rows(context: Context) -> list[LotRow]:
    """Return the lots of the file, and one for what each further seller of a product begins with."""
    made = {item.product.sku: item.product.shelf_life_days for item in context.items["products.csv"]}
    today = day_of(context.now)
    further = [
        LotRow(
            number=f"{row.sku}+{row.cooperative}",
            sku=row.sku,
            quantity=row.initial_stock,
            produced_on=today,
            best_before=today + timedelta(days=made[row.sku]) if made[row.sku] else None,
            received_on=today,
            location=row.cooperative,
        )
        for row in context.items.get("product_sellers.csv", [])
        if row.initial_stock
    ]
    return [*context.items["initial_lots.csv"], *further]


def _key(row: LotRow, sellers: Mapping[str, str]) -> tuple[str, str]:
    """Name the stock record that a lot is of: its product's own seller, unless it lies at a further one."""
    ours = row.location in OURS or row.location == AT_THE_COOPERATIVE
    return row.sku, sellers[row.sku] if ours else row.location


def _lot(row: LotRow, record: Any, context: Context) -> Lot:
    days = least_days(abroad=False, shelf_life_days=record.product.shelf_life_days)
    good = lasts(row.best_before, day_of(context.now), days)
    return Lot(
        number=row.number,
        stockrecord=record,
        produced_on=row.produced_on,
        best_before=row.best_before,
        state=Lot.State.RELEASED if good else Lot.State.BLOCKED,
        made_known_at=context.now,
    )


def _decision(lot: Lot, context: Context) -> QualityDecision:
    good = lot.state == Lot.State.RELEASED
    reason = QualityDecision.Reason.CHECKED if good else QualityDecision.Reason.TOO_OLD
    return QualityDecision(lot=lot, state=lot.state, reason=reason, at=context.now)
