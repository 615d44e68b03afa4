"""Reading the cells of a CSV row, and the report of all that is wrong with them.

A reader never stops at the first mistake: it notes what is wrong and goes on, so that one run tells all.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from . import text as typed

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)


@dataclass(frozen=True)
class Problem:
    file: str
    message: str
    line: int | None = None
    label: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.label}: {self.message}" if self.label else f"{place}: {self.message}"


@dataclass
class Report:
    """Everything found wrong so far."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, message: str, line: int | None = None, label: str = "") -> None:
        self.problems.append(Problem(file, message, line, label))


@dataclass
class Cells:
    """One row. Each method returns a cell as what it should be, or notes why it is not."""

    file: str
    line: int
    values: dict[str, str]
    report: Report
    label: str = ""
    shift: timedelta = timedelta()
    known: dict[str, Container[str]] = field(default_factory=dict)
    is_good: bool = True

    def refuse(self, message: str) -> None:
        """Note what is wrong with this row."""
        self.is_good = False
        self.report.add(self.file, message, self.line, self.label)

    def text(self, name: str, *, required: bool = True, max_length: int = 0, multiline: bool = False) -> str:
        value = self.values[name].strip()
        try:
            typed.refuse_controls(value, multiline=multiline)
        except typed.ControlCharacters as hidden:
            self.refuse(f"{name} holds invisible characters ({hidden})")
        if required and not value:
            self.refuse(f"{name} is empty")
        if max_length and len(value) > max_length:
            self.refuse(f"{name} is longer than {max_length} characters")
        return value

    def number(
        self, name: str, *, required: bool = True, minimum: Decimal | int | None = 0, places: int = 2
    ) -> Decimal | None:
        value = self.text(name, required=required)
        if not value:
            return None
        if not _NUMBER.fullmatch(value):
            self.refuse(f'{name} "{value}" is not a number')
            return None
        number = Decimal(value)
        if -int(number.as_tuple().exponent) > places:
            self.refuse(f"{name} {value} has more than {places} decimals")
        return self._within(name, number, minimum)

    def integer(self, name: str, *, required: bool = True, minimum: int = 0, maximum: int = 2**31 - 1) -> int | None:
        value = self.text(name, required=required)
        if not value:
            return None
        if not _INTEGER.fullmatch(value):
            self.refuse(f'{name} "{value}" is not a whole number')
            return None
        number = self._within(name, Decimal(value), minimum)
        if number is not None and number > maximum:
            self.refuse(f"{name} {value} is above {maximum}")
            return None
        return None if number is None else int(number)

    def _within(self, name: str, number: Decimal, minimum: Decimal | int | None) -> Decimal | None:
        if minimum is None or number >= minimum:
            return number
        self.refuse(f"{name} {number} is negative" if number < 0 else f"{name} {number} is below {minimum}")
        return None

    def day(self, name: str, *, required: bool = True) -> date | None:
        """Return a date, moved by the offset of this load."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            return date.fromisoformat(value) + self.shift
        except ValueError:
            self.refuse(f'{name} "{value}" is not a date (YYYY-MM-DD)')
            return None

    def flag(self, name: str) -> bool:
        return self.choice(name, ("yes", "no")) == "yes"

    def choice(self, name: str, options: Container[str], *, required: bool = True) -> str:
        value = self.text(name, required=required)
        if value and value not in options:
            self.refuse(f'{name} "{value}" is not one of those we know')
        return value

    def many(self, name: str, *, options: Container[str] | None = None) -> list[str]:
        """Return the parts of a cell joined by semicolons."""
        parts = [part.strip() for part in self.text(name, required=False).split(";") if part.strip()]
        for part in parts:
            if options is not None and part not in options:
                self.refuse(f'{name} "{part}" is not one of those we know')
        return parts

    def reference(self, name: str, file: str, *, required: bool = True, what: str = "") -> str:
        """Return the key of a row of another file."""
        value = self.text(name, required=required)
        if value and file in self.known and value not in self.known[file]:
            self.refuse(f'unknown {what or file.removesuffix(".csv")} "{value}"')
        return value

    def checked(self, name: str, check: Callable[[str], bool], message: str, *, required: bool = True) -> str:
        """Return a cell that must pass a check of ``identifiers``."""
        value = self.text(name, required=required)
        if value and not check(value):
            self.refuse(message)
        return value
