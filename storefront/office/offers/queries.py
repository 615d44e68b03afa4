"""What the office's pages of offers show, each in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.cooperatives.models import DiscountAgreement
from catalogue.kernel.money import ZERO
from storefront.offers.models import ConditionalOffer, OfferUse
from storefront.offers.queries import KINDS, uses_so_far
from storefront.vouchers.models import Voucher, VoucherSet

from .forms import KIND_NAMES

STATES = {
    "planned": (_("planned"), "info"),
    "running": (_("running"), "success"),
    "over": (_("over"), ""),
    "stopped": (_("stopped"), "warning"),
}


@dataclass(frozen=True)
class Row:
    """An offer with how far it is and what it gave so far, in dirhams."""

    offer: ConditionalOffer
    kind: Any
    state: str
    count: int = 0
    amount_mad: Decimal = ZERO
    cooperative_mad: Decimal = ZERO

    @property
    def words(self) -> Promise | str:
        return STATES[self.state][0]

    @property
    def level(self) -> str:
        return STATES[self.state][1]

    @property
    def office_mad(self) -> Decimal:
        """What the office bore: tax that was not due counts as its own, so this is an upper bound."""
        return self.amount_mad - self.cooperative_mad


def offers() -> QuerySet[ConditionalOffer]:
    return ConditionalOffer.objects.select_related("benefit", "condition__range").order_by("-pk")


def rows(found: Any, now: datetime) -> list[Row]:
    """Put offers together with their uses (one query more)."""
    found = list(found)
    used = uses_so_far(offer.pk for offer in found)
    figures = ("count", "amount_mad", "cooperative_mad")
    return [
        Row(
            offer,
            KIND_NAMES.get(KINDS.get(offer.benefit.type, ""), offer.benefit.type),
            state_of(offer, now),
            **{name: used[offer.pk][name] for name in figures if offer.pk in used},
        )
        for offer in found
    ]


def state_of(offer: ConditionalOffer, now: datetime) -> str:
    if not offer.is_open:
        return "stopped"
    if offer.start_datetime and now < offer.start_datetime:
        return "planned"
    return "over" if offer.end_datetime and offer.end_datetime <= now else "running"


def uses_of(offer: ConditionalOffer) -> QuerySet[OfferUse]:
    return OfferUse.objects.filter(offer=offer).select_related("order").order_by("-used_at", "-pk")


def batches_of(offer: ConditionalOffer) -> QuerySet[VoucherSet]:
    """Return the batches of codes that open an offer, with how many orders used one."""
    used = Count("vouchers__uses", filter=Q(vouchers__uses__released_at__isnull=True), distinct=True)
    return VoucherSet.objects.filter(vouchers__offers=offer).annotate(used=used).order_by("-pk").distinct()


def codes_of(batch: VoucherSet) -> QuerySet[Voucher]:
    used = Count("uses", filter=Q(uses__released_at__isnull=True))
    return Voucher.objects.filter(voucher_set=batch).annotate(used=used).order_by("code")


def agreements() -> QuerySet[DiscountAgreement]:
    return DiscountAgreement.objects.select_related("cooperative", "stockrecord__product", "noted_by").order_by(
        "-noted_at", "-pk"
    )
