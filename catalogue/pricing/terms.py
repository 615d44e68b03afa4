"""All that a price is made from besides its stock record: fees, taxes, tax statuses and sellers of one day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalogue.kernel.shopping import HOME_COUNTRY, SIDES, side_of

from . import policies
from .models import CooperativeTaxStatus, Fee, Seller, SellerOfRecord, VatRate

Charges = policies.Charges


@dataclass(frozen=True)
class Terms:
    """``charges`` by family (``None``: every other one), ``vat`` by class and side, the rest by cooperative."""

    charges: dict[int | None, Charges]
    vat: dict[tuple[str, str], Decimal]
    tax_statuses: dict[int, str]
    sellers: dict[int, str]

    def charges_of(self, family_id: int) -> Charges:
        return self.charges.get(family_id) or self.charges[None]

    def seller_of(self, cooperative_id: int) -> str:
        return self.sellers.get(cooperative_id, Seller.OFFICE)

    def vat_pct(self, vat_class: str, side: str, cooperative_id: int) -> Decimal | None:
        """Return the rate of a price, or nothing while no row says what its class pays on this side."""
        rate = self.vat.get((vat_class, side))
        if rate is None:
            return None
        seller, status = self.seller_of(cooperative_id), self.tax_statuses.get(cooperative_id, "")
        return policies.vat_pct(class_rate_pct=rate, side=side, seller=seller, tax_status=status)


def on(day: date) -> Terms:
    """Read the terms of a day. Raises ``FeesTooHigh`` when the fees of a family take the whole price."""
    return Terms(
        charges=_charges(day),
        vat=_vat(day),
        tax_statuses=dict(CooperativeTaxStatus.objects.on(day).values_list("cooperative_id", "status")),
        sellers=dict(SellerOfRecord.objects.on(day).values_list("cooperative_id", "seller")),
    )


def _charges(day: date) -> dict[int | None, Charges]:
    rows: dict[int | None, dict[str, policies.Charge]] = {None: {}}
    for family_id, part, basis, value in Fee.objects.on(day).values_list("family_id", "part", "basis", "value"):
        rows.setdefault(family_id, {})[part] = policies.Charge(basis, value)
    return {family_id: Charges(rows[None] | own) for family_id, own in rows.items()}


def _vat(day: date) -> dict[tuple[str, str], Decimal]:
    """Read each class's rate on each side; a row of the home country goes before the row of every country."""
    rates: dict[tuple[str, str], Decimal] = {}
    found = VatRate.objects.on(day).filter(destination__in=["", HOME_COUNTRY]).order_by("destination")
    for code, side, destination, rate in found.values_list("vat_class__code", "side", "destination", "rate_pct"):
        if side in SIDES and (not destination or side_of(destination) == side):
            rates[code, side] = rate
    return rates
