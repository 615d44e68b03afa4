"""The fee schedules of the demonstration, and the first rows of tables that an accountant keeps from then on.

Rows that are there already are never changed: the office may have ended one and begun another.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from catalogue.cooperatives.models import Partner
from catalogue.kernel.bulk import Counts
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, finish, register
from catalogue.kernel.shopping import HOME, SIDES
from catalogue.products.models import Family

from .models import CooperativeTaxStatus, Fee, StampDuty, TaxStatus, VatClass, VatRate

SINCE = date(2020, 1, 1)
"""Before anything was sold: the rates and statuses of the data hold for every day that histories tell of."""
ASSUMED = "assumption of the data, to be confirmed by an accountant"
PERCENTAGES = (Fee.Basis.FARM_GATE, Fee.Basis.PRICE)


class FeeRow(NamedTuple):
    fee: Fee
    family: str

    @property
    def label(self) -> str:
        return f"{self.fee.part}+{self.family}+"


@register
class FeeSchedules(Dataset[FeeRow]):
    file = "fee_schedules.csv"
    columns = ("part", "family", "basis", "value", "valid_from", "valid_until", "note")
    label = "part+family+valid_from"
    after = ("families.csv",)
    is_optional = True

    def read(self, cells: Cells) -> FeeRow:
        fee = Fee(
            part=cells.choice("part", Fee.Part.values),
            basis=cells.choice("basis", Fee.Basis.values),
            value=cells.number("value", places=4),
            valid_from=cells.day("valid_from"),
            valid_until=cells.day("valid_until", required=False),
            note=cells.text("note", required=False, max_length=200),
        )
        if fee.value is not None and fee.basis in PERCENTAGES and fee.value >= 100:
            cells.refuse(f"value {fee.value} is 100 % or more")
        if fee.valid_from and fee.valid_until and fee.valid_until < fee.valid_from:
            cells.refuse("valid_until is before valid_from")
        return FeeRow(fee, cells.reference("family", "families.csv", required=False))

    def check(self, items: list[FeeRow], context: Context) -> None:
        """Note rows that overlap, or that say otherwise than the office's own table does."""
        held = [FeeRow(fee, fee.family.code if fee.family else "") for fee in Fee.objects.select_related("family")]
        for number, row in enumerate(items):
            kept = next((old for old in held if _same(old, row)), None)
            others = items[:number] if kept else [*items[:number], *held]
            if kept and (kept.fee.basis, kept.fee.value) != (row.fee.basis, row.fee.value):
                usual = f"{kept.fee.value.normalize():f} {kept.fee.basis}"
                self._refuse(context, row, f"holds as {usual} already: add a row with a later valid_from")
            for other in others:
                if other.label == row.label and _overlap(other.fee, row.fee):
                    self._refuse(context, row, f"overlaps with the row from {other.fee.valid_from - context.shift}")
        self._check_shares([*items, *held], context)

    def _check_shares(self, rows: list[FeeRow], context: Context) -> None:
        """Note the first row with which the shares of a family's price leave nothing of it."""
        for day in sorted({row.fee.valid_from for row in rows}):
            holding = {(row.family, row.fee.part): row for row in rows if _holds(row.fee, day)}
            for family in sorted({family for family, _ in holding}):
                own = [holding.get((family, part)) or holding.get(("", part)) for part in Fee.Part.values]
                shares = [row for row in own if row and row.fee.basis == Fee.Basis.PRICE]
                total = sum(row.fee.value for row in shares)
                if total >= 100:
                    text = f"fees take {total.normalize():f} % of the price from {day - context.shift} on"
                    self._refuse(context, shares[0], text)
                    return

    def _refuse(self, context: Context, row: FeeRow, message: str) -> None:
        key = f"{row.label}{row.fee.valid_from - context.shift}"
        context.refuse(self.file, f"part {key}", message, key)

    def apply(self, items: list[FeeRow], context: Context) -> Counts:
        families = dict(Family.objects.values_list("code", "pk"))
        held = set(Fee.objects.values_list("part", "family_id", "valid_from"))
        new = []
        for row in items:
            row.fee.family_id, row.fee.written_at = families.get(row.family), context.now
            if (row.fee.part, row.fee.family_id, row.fee.valid_from) not in held:
                new.append(row.fee)
        Fee.objects.bulk_create(new)
        return Counts(created=len(new), unchanged=len(items) - len(new))


def _same(one: FeeRow, other: FeeRow) -> bool:
    return one.label == other.label and one.fee.valid_from == other.fee.valid_from


def _holds(fee: Fee, day: date) -> bool:
    return fee.valid_from <= day and (fee.valid_until is None or day < fee.valid_until)


def _overlap(one: Fee, other: Fee) -> bool:
    return (one.valid_until is None or other.valid_from < one.valid_until) and (
        other.valid_until is None or one.valid_from < other.valid_until
    )


@finish("VAT rates", order=21)
def write_vat_rates(context: Context) -> Counts:
    """Begin the rates of each class that has none: at home as in the data, abroad zero."""
    known = set(VatRate.objects.values_list("vat_class_id", "side"))
    wanted = [(found, side) for found in VatClass.objects.order_by("code") for side in SIDES]
    new = [
        VatRate(
            vat_class=found,
            side=side,
            rate_pct=found.rate_pct if side == HOME else 0,
            valid_from=SINCE,
            note=ASSUMED if side == HOME else "exports are zero-rated, against proof of exit",
            written_at=context.now,
        )
        for found, side in wanted
        if (found.pk, side) not in known
    ]
    VatRate.objects.bulk_create(new)
    return Counts(created=len(new), unchanged=len(wanted) - len(new))


@finish("stamp duty", order=21)
def write_stamp_duty(context: Context) -> Counts:
    """Begin the duty on cash if there is none: 0.25 %, borne by the office."""
    if StampDuty.objects.exists():
        return Counts(unchanged=1)
    StampDuty.objects.create(
        rate_pct=Decimal("0.25"),
        borne_by=StampDuty.Bearer.OFFICE,
        valid_from=SINCE,
        note="art. 252 of the tax code; who bears it is an assumption, to be confirmed",
        written_at=context.now,
    )
    return Counts(created=1)


@finish("tax statuses", order=22)
def write_tax_statuses(context: Context) -> Counts:
    """Begin the tax status of each cooperative that has none, as in the data."""
    known = set(CooperativeTaxStatus.objects.values_list("cooperative_id", flat=True))
    said: Iterable[Partner] = Partner.objects.filter(vat_regime__in=TaxStatus.values).order_by("pk")
    new = [
        CooperativeTaxStatus(
            cooperative=cooperative,
            status=cooperative.vat_regime,
            valid_from=SINCE,
            note=ASSUMED,
            written_at=context.now,
        )
        for cooperative in said
        if cooperative.pk not in known
    ]
    CooperativeTaxStatus.objects.bulk_create(new)
    return Counts(created=len(new), unchanged=len(known))
