"""Rates from a CSV file with the columns of ``fx_rates.csv``: date, mad_per_eur, mad_per_usd."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from .base import FixedRate, Garbled, SourceUnavailable

COLUMNS = {"EUR": "mad_per_eur", "USD": "mad_per_usd"}


class CsvFile:
    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def fetch(self, day: date) -> list[FixedRate]:
        return [rate for rate in self.every_rate() if rate.day == day]

    def every_rate(self) -> Iterator[FixedRate]:
        """Read the whole file; a wrong cell anywhere is told by its line before anything is used."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as stream:
                rows = csv.DictReader(stream)
                if missing := {"date", *COLUMNS.values()} - set(rows.fieldnames or ()):
                    raise Garbled(f"{self.path.name} has no column {', '.join(sorted(missing))}.")
                found = [rate for row in rows for rate in self._rates(row, rows.line_num)]
        except OSError as error:
            raise SourceUnavailable(f"{self.path.name} cannot be read: {error.strerror}.") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise Garbled(f"{self.path.name} is no CSV file in UTF-8: {error}.") from error
        return iter(found)

    def _rates(self, row: dict[Any, Any], line: int) -> Iterator[FixedRate]:
        try:
            if None in row:
                raise ValueError(row)  # more cells than columns: a decimal comma
            day = date.fromisoformat(row["date"] or "")
            for currency, column in COLUMNS.items():
                yield FixedRate(currency, day, _number(row[column] or ""), self.path.name)
        except (ValueError, InvalidOperation):
            raise Garbled(f"{self.path.name}:{line} is no date and two rates.") from None


def _number(written: str) -> Decimal:
    if not written.replace(".", "", 1).isdigit() or not written.isascii():
        raise ValueError(written)
    return Decimal(written)
