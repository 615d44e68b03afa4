"""What changes between a list and the one before it, worked out in the database: drafts and lists alike."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from . import queries
from .models import PriceList, PriceListDraft

SAID = (
    "stockrecord_id, currency, side, price, vat_class, vat_rate_pct, farm_gate_mad, seller_of_record, tax_status,"
    " part_cooperative, part_collection, part_packing, part_transport, part_payment, part_office, part_tax"
)
Rows = PriceList | PriceListDraft


@dataclass(frozen=True)
class Summary:
    """How many unit prices of one currency and side change, and what they add up to, before and after."""

    up: int
    down: int
    same: int
    new: int
    gone: int
    old_total: Decimal
    new_total: Decimal

    @property
    def changed(self) -> int:
        return self.up + self.down + self.new + self.gone


@dataclass(frozen=True)
class Difference:
    """One stock record's price before and after; nothing where there is none."""

    stockrecord_id: int
    old: Decimal | None
    new: Decimal | None
    percent: Decimal | None


def differ(later: Rows, earlier: PriceList) -> bool:
    """Tell whether anything at all is not as before: a rate, a price, a part, or who sells."""
    if queries.rates_of(later) != queries.rates_of(earlier):
        return True
    table, column = _where(later)
    ours = f"SELECT {SAID} FROM {table} WHERE {column} = %s"  # noqa: S608 - names of our own
    theirs = f"SELECT {SAID} FROM pricing_price WHERE price_list_id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM ({ours}) AS ours) <> (SELECT count(*) FROM ({theirs}) AS theirs)"  # noqa: S608
            f" OR EXISTS ({ours} EXCEPT {theirs})",
            [later.pk, earlier.pk, later.pk, earlier.pk],
        )
        return bool(cursor.fetchone()[0])


def summary(later: Rows, earlier: PriceList | None, *, currency: str, side: str) -> Summary:
    """Count what changes in one currency on one side."""
    row = _ask(
        "SELECT count(*) FILTER (WHERE new > old), count(*) FILTER (WHERE new < old),"
        " count(*) FILTER (WHERE new = old), count(*) FILTER (WHERE old IS NULL), count(*) FILTER (WHERE new IS NULL),"
        " coalesce(sum(old), 0), coalesce(sum(new), 0) FROM both_lists",
        later,
        earlier,
        currency,
        side,
    )[0]
    return Summary(*row)


def largest(
    later: Rows, earlier: PriceList | None, *, currency: str, side: str, limit: int, offset: int = 0
) -> list[Difference]:
    """Return the differences, what is new or gone first, then the largest in proportion."""
    found = _ask(
        "SELECT stockrecord_id, old, new, round((new - old) * 100 / old, 1) AS percent FROM both_lists"
        " WHERE old IS DISTINCT FROM new"
        " ORDER BY abs((new - old) / old) DESC NULLS FIRST, stockrecord_id LIMIT %s OFFSET %s",
        later,
        earlier,
        currency,
        side,
        limit,
        offset,
    )
    return [Difference(*row) for row in found]


def before(found: Rows) -> PriceList | None:
    """Return the list that a published one followed, or that a draft would follow."""
    if isinstance(found, PriceListDraft):
        return queries.last_list()
    return PriceList.objects.filter(ends_at=found.starts_at).first()


def _where(found: Rows) -> tuple[str, str]:
    draft = isinstance(found, PriceListDraft)
    return ("pricing_draftprice", "draft_id") if draft else ("pricing_price", "price_list_id")


def _ask(question: str, later: Rows, earlier: PriceList | None, currency: str, side: str, *more: Any) -> list[Any]:
    table, column = _where(later)
    both = (
        "WITH both_lists AS ("  # noqa: S608 - names of our own
        " SELECT stockrecord_id, earlier.price AS old, later.price AS new FROM"
        f" (SELECT stockrecord_id, price FROM {table} WHERE {column} = %s AND currency = %s AND side = %s) AS later"
        " FULL JOIN"
        " (SELECT stockrecord_id, price FROM pricing_price"
        " WHERE price_list_id = %s AND currency = %s AND side = %s) AS earlier USING (stockrecord_id)) "
    )
    with connection.cursor() as cursor:
        cursor.execute(both + question, [later.pk, currency, side, earlier.pk if earlier else 0, currency, side, *more])
        return list(cursor.fetchall())
