"""What the QR on a jar tells: who made it, where and when. Nothing of who bought it, nothing of how many there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.lots.models import Lot
from catalogue.products.models import Product
from catalogue.products.queries import protected_names
from catalogue.receiving.models import LotPart
from fulfilment.recalls.models import Recall
from fulfilment.recalls.queries import recall_of_lot

from . import words
from .product import authorisation


class NoSuchLot(Exception):
    """We know no lot of this number, or nothing of it was ever sold."""


@dataclass(frozen=True)
class Trace:
    lot: Lot
    facts: list[tuple[str, str]]
    labels: list[str]
    parts: list[Lot]
    recall: Recall | None
    recall_words: str
    is_over: bool

    @property
    def product(self) -> Any:
        return self.lot.stockrecord.product

    @property
    def cooperative(self) -> Any:
        return self.lot.stockrecord.partner

    @property
    def is_recalled(self) -> bool:
        return self.lot.state == Lot.State.RECALLED


def trace_of(number: str, day: date) -> Trace:
    """Read what is known of a lot: four queries at most. Raises ``NoSuchLot``."""
    related = ("stockrecord__product__family", "stockrecord__product__origin__region")
    found = Lot.objects.select_related(*related, "stockrecord__partner__province__region")
    lot = found.filter(number__in={number, number.upper()}).exclude(state=Lot.State.AWAITING).first()
    if lot is None:
        raise NoSuchLot(number)
    product, cooperative = lot.stockrecord.product, lot.stockrecord.partner
    recall = recall_of_lot(lot) if lot.state == Lot.State.RECALLED else None
    names = protected_names()
    return Trace(
        lot=lot,
        facts=_facts(lot, product, cooperative),
        labels=[words.label(label, names) for label in dict.fromkeys([*product.labels, *cooperative.labels])],
        parts=_parts(lot) if product.kind == "gift" else [],
        recall=recall,
        recall_words=recall.words_in(_language()) if recall else "",
        is_over=lot.best_before is not None and lot.best_before < day,
    )


def _parts(lot: Lot) -> list[Lot]:
    """Return the lots that went into a lot of hampers."""
    inside = LotPart.objects.filter(hamper=lot, pieces__gt=0).values("stock__lot")
    return list(Lot.objects.filter(pk__in=inside).select_related("stockrecord__product", "stockrecord__partner"))


def _facts(lot: Lot, product: Any, cooperative: Any) -> list[tuple[str, str]]:
    last = _("Use by") if product.date_type == Product.DateType.USE_BY else _("Best before")
    facts = [
        (_("Lot"), lot.number),
        (_("Made on"), formats.day(lot.produced_on, _language())),
        (last, formats.day(lot.best_before, _language()) if lot.best_before else ""),
        (_("Cooperative"), cooperative.name),
        (_("Made in"), f"{cooperative.commune_name} ({cooperative.province.region.name})"),
        (_("Origin"), f"{product.origin.name} ({product.origin.region.name})"),
        (_("Net quantity"), words.net(product)),
        (_("Storage"), words.storage(product)),
        (_("Sanitary authorisation"), authorisation(product, cooperative)),
    ]
    return [(name, value) for name, value in facts if value]


def _language() -> str:
    return (get_language() or "ar")[:2]
