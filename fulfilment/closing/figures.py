"""A month's figures: VAT, stamp duty, series of numbers, journals, accounts. Read off rows that are only added to.

All of them are texts and whole numbers, so that the same month is the same JSON for ever; that is what is signed.
A fixed number of questions, however much was sold.
"""

from decimal import Decimal
from typing import Any

from django.db import connection

from catalogue.kernel.money import from_minor
from catalogue.kernel.periods import Period
from fulfilment.ledger.queries import duty_of

from .policies import KINDS, OF_BANK, Journal

Figures = dict[str, Any]
MOST_NAMED = 50
"""So many missing numbers are named; the count says the rest."""

VAT = """
WITH papers AS (
    SELECT content, 'sold' AS kind, 1 AS sign FROM invoices_invoice
    WHERE issued_at >= %(begins)s AND issued_at < %(ends)s
    UNION ALL
    SELECT content, 'credited', CASE WHEN cancels_id IS NULL THEN 1 ELSE -1 END FROM invoices_creditnote
    WHERE issued_at >= %(begins)s AND issued_at < %(ends)s
), amounts AS (
    SELECT kind, sign, content->'order'->>'side' AS side, (content->>'mad_per_unit')::numeric AS rate,
           line->>'seller_of_record' AS seller,
           CASE line->>'seller_of_record' WHEN 'office' THEN '' ELSE line->>'cooperative' END AS cooperative,
           (line->>'pct')::numeric AS pct, (line->>'excl')::numeric AS excl, (line->>'tax')::numeric AS tax
    FROM papers CROSS JOIN jsonb_array_elements(content->'rows') AS line
    UNION ALL
    SELECT kind, sign, content->'order'->>'side', (content->>'mad_per_unit')::numeric, 'office', '',
           (content->'delivery'->>'pct')::numeric, (content->'delivery'->>'excl')::numeric,
           (content->'delivery'->>'tax')::numeric
    FROM papers
    UNION ALL
    SELECT side.kind, 1, 'export', 1, line->>'seller_of_record',
           CASE line->>'seller_of_record' WHEN 'office' THEN '' ELSE line->>'cooperative' END,
           CASE side.kind WHEN 'sold' THEN (line->>'pct')::numeric ELSE 0 END,
           (line->>'worth_mad')::numeric - CASE side.kind WHEN 'sold' THEN (line->>'tax_mad')::numeric ELSE 0 END,
           CASE side.kind WHEN 'sold' THEN (line->>'tax_mad')::numeric ELSE 0 END
    FROM customs_exportvat AS taxed
    JOIN ledger_entry AS entry ON entry.id = taxed.entry_id
        AND entry.booked_on >= %(from_day)s AND entry.booked_on < %(until_day)s
    CROSS JOIN jsonb_array_elements(taxed.content->'rows') AS line
    CROSS JOIN (VALUES ('credited'), ('sold')) AS side (kind)
    WHERE (line->>'tax_mad')::numeric > 0
), turned AS (
    SELECT kind, side, seller, cooperative, CASE WHEN tax = 0 THEN 0 ELSE pct END AS pct,
           sign * round(excl * rate, 2) AS excl, sign * round(tax * rate, 2) AS tax
    FROM amounts
)
SELECT seller, cooperative, side, to_char(pct, 'FM990.00') AS pct,
       coalesce(sum(excl) FILTER (WHERE kind = 'sold'), 0), coalesce(sum(tax) FILTER (WHERE kind = 'sold'), 0),
       coalesce(sum(excl) FILTER (WHERE kind = 'credited'), 0),
       coalesce(sum(tax) FILTER (WHERE kind = 'credited'), 0)
FROM turned GROUP BY seller, cooperative, side, turned.pct
HAVING bool_or(excl <> 0 OR tax <> 0) ORDER BY seller DESC, cooperative, side DESC, turned.pct
"""

SERIES = """
SELECT of_month.year, of_month.first, of_month.last, of_month.given, coalesce(gaps.count, 0), gaps.named
FROM (
    SELECT year, min(sequence) AS first, max(sequence) AS last, count(*) AS given FROM {papers}
    WHERE issued_at >= %(begins)s AND issued_at < %(ends)s GROUP BY year
) AS of_month
LEFT JOIN LATERAL (
    SELECT coalesce(max(sequence), 0) + 1 AS first FROM {papers}
    WHERE year = of_month.year AND issued_at < %(begins)s
) AS before ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN EXISTS (SELECT FROM {papers} WHERE year = of_month.year AND issued_at >= %(ends)s)
           THEN of_month.last ELSE (SELECT last FROM {series} WHERE year = of_month.year) END AS last
) AS until ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS count, (array_agg(due.n ORDER BY due.n))[1:%(named)s] AS named
    FROM generate_series(least(before.first, of_month.first), until.last) AS due (n)
    WHERE NOT EXISTS (SELECT FROM {papers} WHERE year = of_month.year AND sequence = due.n)
) AS gaps ON true
ORDER BY of_month.year
"""

JOURNAL_SUMS = """
WITH entries AS (
    SELECT entry.id, entry.booked_on, coalesce(kind.journal, CASE WHEN EXISTS (
               SELECT FROM ledger_line AS leg JOIN ledger_account AS account ON account.id = leg.account_id
               WHERE leg.entry_id = entry.id AND account.code = %(of_bank)s
           ) THEN %(bank)s ELSE %(other)s END) AS journal
    FROM ledger_entry AS entry
    LEFT JOIN ledger_entry AS reversed ON reversed.id = entry.reverses_id
    LEFT JOIN unnest(%(sources)s::text[], %(journals)s::text[]) AS kind (source, journal)
        ON kind.source = coalesce(reversed.source, entry.source)
    WHERE entry.booked_on >= %(from_day)s AND entry.booked_on < %(until_day)s
)
SELECT entry.journal, line.currency, count(DISTINCT entry.id),
       sum(line.amount_minor) FILTER (WHERE line.amount_minor > 0),
       -sum(line.amount_minor) FILTER (WHERE line.amount_minor < 0),
       encode(sha256(convert_to(string_agg(
           concat_ws(' ', line.id, entry.id, entry.booked_on, line.account_id, line.amount_minor), E'\n'
           ORDER BY line.id), 'UTF8')), 'hex')
FROM entries AS entry JOIN ledger_line AS line ON line.entry_id = entry.id
GROUP BY 1, 2 ORDER BY 1, 2
"""

ACCOUNTS = """
SELECT account.code, account.currency, coalesce(sum(amount_minor) FILTER (WHERE booked_on < %(from_day)s), 0),
       coalesce(sum(amount_minor) FILTER (WHERE booked_on >= %(from_day)s AND amount_minor > 0), 0),
       -coalesce(sum(amount_minor) FILTER (WHERE booked_on >= %(from_day)s AND amount_minor < 0), 0),
       sum(amount_minor)
FROM ledger_line AS line
JOIN ledger_entry AS entry ON entry.id = line.entry_id
JOIN ledger_account AS account ON account.id = line.account_id
WHERE entry.booked_on < %(until_day)s GROUP BY account.code, account.currency ORDER BY account.code, account.currency
"""

MARK = """
SELECT (SELECT count(*) FROM ledger_entry WHERE booked_on >= %(from_day)s AND booked_on < %(until_day)s),
       (SELECT count(*) FROM invoices_invoice WHERE issued_at >= %(begins)s AND issued_at < %(ends)s),
       (SELECT count(*) FROM invoices_creditnote WHERE issued_at >= %(begins)s AND issued_at < %(ends)s)
"""

SERIES_OF = {
    "invoices": ("invoices_invoice", "invoices_series"),
    "credit_notes": ("invoices_creditnote", "invoices_creditseries"),
}


def of_month(period: Period) -> Figures:
    """Work out all the figures of a month (six queries)."""
    duty = duty_of(period)
    accounts = _accounts(period)
    return {
        "month": f"{period.from_day:%Y-%m}",
        "vat": _vat(period),
        "vat_in_ledger": next((row["moved"] for row in accounts if row["code"] == "tax.vat"), "0.00"),
        "stamp_duty": {
            "due": str(duty.due),
            "taken_back": str(duty.taken_back),
            "to_declare": str(duty.to_declare),
            "borne_by_office": str(duty.borne_by_office),
        },
        "series": [row for kind in SERIES_OF for row in _series(kind, period)],
        "journals": _journals(period),
        "accounts": accounts,
    }


def mark_of(period: Period) -> tuple[int, ...]:
    """Count what a month's figures are made of, to tell whether something came to it meanwhile (one query)."""
    return tuple(_rows(MARK, period)[0])


def _vat(period: Period) -> list[Figures]:
    names = ("sold_excl", "sold_tax", "credited_excl", "credited_tax")
    found = []
    for seller, cooperative, side, pct, *amounts in _rows(VAT, period):
        sums = dict(zip(names, amounts, strict=True))
        found.append(
            {"seller": seller, "cooperative": cooperative, "side": side, "pct": pct}
            | {name: _text(amount) for name, amount in sums.items()}
            | {
                "excl": _text(sums["sold_excl"] - sums["credited_excl"]),
                "tax": _text(sums["sold_tax"] - sums["credited_tax"]),
            }
        )
    return found


def _series(kind: str, period: Period) -> list[Figures]:
    papers, series = SERIES_OF[kind]
    rows = _rows(SERIES.format(papers=papers, series=series), period, named=MOST_NAMED)
    return [
        {
            "kind": kind,
            "year": year,
            "first": first,
            "last": last,
            "count": given,
            "gaps": gaps,
            "missing": list(named or []),
        }
        for year, first, last, given, gaps, named in rows
    ]


def _journals(period: Period) -> list[Figures]:
    rows = _rows(
        JOURNAL_SUMS,
        period,
        sources=[source.value for source in KINDS],
        journals=[journal.value for journal in KINDS.values()],
        of_bank=OF_BANK,
        bank=Journal.BANK.value,
        other=Journal.OTHER.value,
    )
    found = [
        {
            "journal": journal,
            "currency": currency,
            "entries": entries,
            "debit": _minor(debit),
            "credit": _minor(credit),
            "sha256": digest,
        }
        for journal, currency, entries, debit, credit, digest in rows
    ]
    order = list(Journal)
    return sorted(found, key=lambda row: (order.index(Journal(str(row["journal"]))), str(row["currency"]) != "MAD"))


def _accounts(period: Period) -> list[Figures]:
    return [
        {
            "code": code,
            "currency": currency,
            "opening": _minor(opening),
            "debit": _minor(debit),
            "credit": _minor(credit),
            "moved": _minor(credit - debit),
            "closing": _minor(closing),
        }
        for code, currency, opening, debit, credit, closing in _rows(ACCOUNTS, period)
    ]


def _rows(statement: str, period: Period, **values: Any) -> list[tuple[Any, ...]]:
    bounds: dict[str, Any] = {
        "from_day": period.from_day,
        "until_day": period.until_day,
        "begins": period.begins_at,
        "ends": period.ends_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, bounds | values)
        return cursor.fetchall()


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _minor(amount_minor: int | None) -> str:
    return str(from_minor(int(amount_minor or 0)))
