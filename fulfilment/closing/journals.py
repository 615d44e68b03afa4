"""A month's journals for the accountant: each line of each entry, with account numbers. The same file every time.

Written when they are asked for, not kept: what they are made of is only added to, and a locked month takes nothing
more. So that nothing else changes them, cooperatives stand by their code, and words are in French whoever asks.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue.kernel.money import from_minor
from catalogue.kernel.periods import Period, local
from catalogue.kernel.tables import as_csv, as_xlsx
from fulfilment.ledger.chart import CHART, SOURCES
from fulfilment.ledger.models import Line

from .policies import CODES, KINDS, OF_BANK, Journal

LANGUAGE = "fr"
READ = (
    *("entry_id", "entry__booked_on", "entry__occurred_at", "entry__source", "entry__external_id"),
    *("entry__order_number", "account__code", "account__cooperative__code", "currency", "amount_minor", "entry__memo"),
)


def lines_of(period: Period, journal: Journal) -> QuerySet[Line]:
    """Return the lines of a journal's entries in the order they count."""
    lines = Line.objects.filter(entry__booked_on__gte=period.from_day, entry__booked_on__lt=period.until_day)
    return lines.filter(_stands_in(journal)).order_by("entry__booked_on", "entry_id", "pk")


def _stands_in(journal: Journal) -> Q:
    """Say which entries stand in a journal, by their kind or else by whether the bank's account moves."""
    by_kind = _of_kinds([source.value for source, found in KINDS.items() if found == journal])
    if journal not in (Journal.BANK, Journal.OTHER):
        return by_kind
    at_bank = Exists(Line.objects.filter(entry=OuterRef("entry"), account__code=OF_BANK))
    rest = ~_of_kinds([source.value for source in KINDS])
    return rest & (Q(at_bank) if journal == Journal.BANK else ~Q(at_bank))


def _of_kinds(sources: list[str]) -> Q:
    return Q(entry__reverses=None, entry__source__in=sources) | Q(entry__reverses__source__in=sources)


def csv_of(period: Period, journal: Journal) -> bytes:
    """Return a journal as CSV in UTF-8 (one query)."""
    with translation.override(LANGUAGE):
        return as_csv(_heads(), _rows(period, journal)).encode()


def xlsx_of(period: Period, journal: Journal) -> bytes:
    """Return a journal as a workbook (one query)."""
    with translation.override(LANGUAGE):
        return as_xlsx(_heads(), _rows(period, journal), made_at=period.ends_at)


def _heads() -> list[str]:
    return [
        *(_("Journal"), _("Entry"), _("In the books on"), _("Happened at"), _("Kind of event"), _("Reference")),
        *(_("Order"), _("Account number"), _("Account code"), pgettext("ledger", "Account"), _("Cooperative")),
        *(_("Currency"), _("Debit"), _("Credit"), _("Note")),
    ]


def _rows(period: Period, journal: Journal) -> Iterator[list[Any]]:
    for row in lines_of(period, journal).values_list(*READ).iterator(chunk_size=2000):
        entry, booked_on, occurred_at, source, reference, order, code, cooperative, currency, minor, memo = row
        known = CHART.get(code)
        amount = from_minor(minor)
        yield [
            *(CODES[journal], entry, booked_on, local(occurred_at), str(SOURCES.get(source, source)), reference, order),
            *(known.number if known else "", code, str(known.name) if known else code, cooperative or "", currency),
            *(amount if minor > 0 else None, -amount if minor < 0 else None, memo),
        ]
