"""What may not be sent where, who may send it all the same, what a country asks for on arrival."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from catalogue.cooperatives.models import Partner
from catalogue.kernel.bulk import Counts, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, register
from fulfilment.shipping.models import ExportRestriction, ImportRule, SendingPermission

RULES = tuple(ExportRestriction.Rule.values)
REGIMES = tuple(ImportRule.Regime.values)
FAR = date.max


@register
class Restrictions(Dataset[ExportRestriction]):
    file = "export_restrictions.csv"
    columns = ("block", "ship_flag", "b2c", "b2b", "reason_en", "confidence")
    label = "block+ship_flag"

    def read(self, cells: Cells) -> ExportRestriction:
        return ExportRestriction(
            block=cells.text("block", max_length=8),
            ship_flag=cells.text("ship_flag", max_length=40),
            b2c=cells.choice("b2c", RULES),
            b2b=cells.choice("b2b", RULES),
            reason=cells.text("reason_en", max_length=1000),
            confidence=cells.text("confidence", max_length=80),
        )

    def apply(self, items: list[ExportRestriction], context: Context) -> Counts:
        return upsert(
            ExportRestriction, items, key=("block", "ship_flag"), fields=("b2c", "b2b", "reason", "confidence")
        )


def law_day(cells: Cells, name: str, *, required: bool = True) -> date | None:
    """Return a day on which a rule begins or ends: unlike other dates it does not move with the data."""
    value = cells.text(name, required=required)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        cells.refuse(f'{name} "{value}" is not a date (YYYY-MM-DD)')
        return None


def _check_days(cells: Cells, first: date | None, until: date | None) -> None:
    if first and until and until <= first:
        cells.refuse("valid_until is not after valid_from")


def _check_overlaps(context: Context, file: str, rows: Iterable[tuple[str, str, Any]]) -> None:
    """Note every two rows about the same thing (``group``) that hold on the same day."""
    groups: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for group, key, row in rows:
        if row.valid_from:
            groups[group].append((key, row))
    for group, members in groups.items():
        for (_, before), (key, after) in pairwise(sorted(members, key=lambda member: member[1].valid_from)):
            if (before.valid_until or FAR) > after.valid_from:
                context.refuse(file, group, f"overlaps the row from {before.valid_from}", key)


@register
class ImportRules(Dataset[ImportRule]):
    """Written where a block or country has no rule yet: what the office recorded afterwards is never overwritten."""

    file = "import_rules.csv"
    columns = (
        *("block", "country", "regime", "vat_pct", "currency", "value_limit", "duty_per_heading", "tax_waived_under"),
        *("announces_food", "seller_number", "valid_from", "valid_until", "source", "confidence"),
    )
    label = "block+country+valid_from"
    after = ("delivery_countries.csv",)
    is_optional = True

    def read(self, cells: Cells) -> ImportRule:
        rule = ImportRule(
            block=cells.text("block", max_length=8),
            country=cells.text("country", required=False, max_length=2),
            regime=cells.choice("regime", REGIMES, required=False),
            vat_pct=cells.number("vat_pct", required=False),
            currency=cells.checked(
                "currency",
                lambda code: len(code) == 3 and code.isalpha() and code.isupper(),
                "currency is no code",
                required=False,
            ),
            value_limit=cells.number("value_limit", required=False),
            duty_per_heading=cells.number("duty_per_heading", required=False),
            tax_waived_under=cells.number("tax_waived_under", required=False),
            announces_food=cells.flag("announces_food"),
            seller_number=cells.text("seller_number", required=False, max_length=40),
            valid_from=law_day(cells, "valid_from"),
            valid_until=law_day(cells, "valid_until", required=False),
            source=cells.text("source", required=False, max_length=200),
            confidence=cells.text("confidence", max_length=80),
        )
        _check_days(cells, rule.valid_from, rule.valid_until)
        if not rule.country and not rule.regime:
            cells.refuse("regime is empty, and the row is for a whole block")
        if rule.vat_pct is not None and rule.vat_pct >= 100:
            cells.refuse(f"vat_pct {rule.vat_pct} is not below 100")
        amounts = (rule.value_limit, rule.duty_per_heading, rule.tax_waived_under)
        if not rule.currency and any(amount is not None for amount in amounts):
            cells.refuse("currency is empty beside an amount")
        return rule

    def check(self, items: list[ImportRule], context: Context) -> None:
        blocks = {row.country.iso2: row.country.block for row in context.items.get("delivery_countries.csv", [])}
        for rule in items if blocks else ():
            key = f"{rule.block}+{rule.country}+{rule.valid_from}"
            if rule.block not in blocks.values():
                context.refuse(self.file, f"block {key}", f'unknown block "{rule.block}"', key)
            elif rule.country and blocks.get(rule.country) != rule.block:
                context.refuse(self.file, f"block {key}", f'"{rule.country}" is no country of {rule.block}', key)
        rows = ((f"block {r.block}+{r.country}", f"{r.block}+{r.country}+{r.valid_from}", r) for r in items)
        _check_overlaps(context, self.file, rows)

    def apply(self, items: list[ImportRule], context: Context) -> Counts:
        there = set(ImportRule.objects.values_list("block", "country"))
        new = [rule for rule in items if (rule.block, rule.country) not in there]
        ImportRule.objects.bulk_create(new)
        return Counts(created=len(new), unchanged=len(items) - len(new))


class PermissionRow(NamedTuple):
    permission: SendingPermission
    cooperative: str


@register
class Permissions(Dataset[PermissionRow]):
    """Written where nothing was recorded for that cooperative, block and flag yet."""

    file = "sending_permissions.csv"
    columns = ("cooperative_id", "block", "ship_flag", "reference", "valid_from", "valid_until", "note")
    label = "cooperative_id+block+ship_flag+valid_from"
    after = ("cooperatives.csv", "export_restrictions.csv")
    is_optional = True

    def read(self, cells: Cells) -> PermissionRow:
        permission = SendingPermission(
            block=cells.text("block", max_length=8),
            ship_flag=cells.text("ship_flag", max_length=40),
            reference=cells.text("reference", max_length=80),
            valid_from=law_day(cells, "valid_from"),
            valid_until=law_day(cells, "valid_until", required=False),
            note=cells.text("note", required=False, max_length=300),
        )
        _check_days(cells, permission.valid_from, permission.valid_until)
        return PermissionRow(permission, cells.reference("cooperative_id", "cooperatives.csv", required=False))

    def check(self, items: list[PermissionRow], context: Context) -> None:
        rules = {(rule.block, rule.ship_flag): rule.b2c for rule in context.items.get("export_restrictions.csv", [])}
        rows = []
        for permission, cooperative in items:
            group = f"{cooperative}+{permission.block}+{permission.ship_flag}"
            key = f"{group}+{permission.valid_from}"
            rows.append((f"cooperative_id {group}", key, permission))
            if rules.get((permission.block, permission.ship_flag)) != ExportRestriction.Rule.REVIEW:
                message = f"{permission.ship_flag} is not under review in {permission.block}"
                context.refuse(self.file, f"cooperative_id {key}", message, key)
        _check_overlaps(context, self.file, rows)

    def apply(self, items: list[PermissionRow], context: Context) -> Counts:
        cooperatives = dict(Partner.objects.values_list("code", "pk"))
        there = set(SendingPermission.objects.values_list("cooperative_id", "block", "ship_flag"))
        new = []
        for permission, code in items:
            permission.cooperative_id = cooperatives[code] if code else None
            permission.recorded_at = context.now
            if (permission.cooperative_id, permission.block, permission.ship_flag) not in there:
                new.append(permission)
        SendingPermission.objects.bulk_create(new)
        return Counts(created=len(new), unchanged=len(items) - len(new))
