"""Prints every account of the ledger and what stands on it."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.kernel import formats, text
from fulfilment.ledger import queries

LAST = date(9999, 12, 30)


class Command(BaseCommand):
    help = "Print accounts and balances per currency; fails when a currency does not add up to nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", type=_day, metavar="DATE", help="as it stood at the end of this day in Casablanca, as 2026-11-30"
        )

    def handle(self, *args: Any, at: date | None, **options: Any) -> None:
        found = queries.trial_balance(at)
        if not found:
            self.stdout.write("The ledger is empty.")
        for currency in found:
            self._report(currency)
        uneven = [currency.currency for currency in found if not currency.is_even]
        if uneven:
            raise CommandError(f"Does not add up to nothing: {', '.join(uneven)}.")

    def _report(self, found: queries.TrialBalance) -> None:
        self.stdout.write(f"{found.currency}")
        for balance in found.balances:
            account = balance.account
            name = f"{account.name}: {account.cooperative}" if account.cooperative else account.name
            self._line(account.code, balance.debit, balance.credit, found.currency, name)
        self._line("total", found.debit, found.credit, found.currency, "")

    def _line(self, code: str, debit: Any, credit: Any, currency: str, name: str) -> None:
        columns = ("" if amount is None else formats.money(amount, currency, "en") for amount in (debit, credit))
        self.stdout.write(f"  {code:<24}{'{:>20}{:>20}'.format(*columns)}  {name}".rstrip())


def _day(written: str) -> date:
    try:
        day = date.fromisoformat(text.fold_digits(written))
    except ValueError:
        raise ArgumentTypeError(f"{written} is no day: write it as 2026-11-30") from None
    if day > LAST:
        raise ArgumentTypeError("the calendar ends before the day after that")
    return day
