"""Numbers of documents: each year's begin at one and leave none out."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from django.db.models import Count, Max

from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import local

from .models import Numbered, YearSeries

DIGITS = 6


class Number(TypedDict):
    """The fields of a ``Numbered`` row."""

    year: int
    sequence: int
    number: str


def number_of(letter: str, year: int, sequence: int) -> str:
    """Write a number: F2026-000123."""
    return f"{letter}{year}-{sequence:0{DIGITS}d}"


def next_number(series: type[YearSeries], *, now: datetime) -> Number:
    """Give the next number of this year. Locks the series until the transaction ends."""
    year = local(now).year
    series._default_manager.get_or_create(year=year)
    row = lock_one(series._default_manager.filter(year=year))
    row.last += 1
    row.save(update_fields=["last"])
    return Number(year=year, sequence=row.last, number=number_of(series.letter, year, row.last))


def gaps(documents: type[Numbered], series: type[YearSeries]) -> Iterable[object]:
    """Return the years whose numbers leave one out, or do not end where their series stands."""
    given = documents._default_manager.order_by().values("year").annotate(number=Count("pk"), highest=Max("sequence"))
    last = dict(series._default_manager.values_list("year", "last"))
    return [row for row in given if not row["number"] == row["highest"] == last.get(row["year"])]
