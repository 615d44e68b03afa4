"""Paying by bank transfer: the office's account in each currency, from what amount on, and how long it is awaited."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.conf import settings

from catalogue.kernel.periods import day_of, instant_of
from catalogue.kernel.workdays import workday_after, workdays_since
from catalogue.places.queries import closed_days

NOON = time(12)
GROUP = 4


@dataclass(frozen=True)
class Account:
    """Where a transfer goes."""

    bank: str
    holder: str
    iban: str
    bic: str

    @property
    def iban_in_groups(self) -> str:
        """The IBAN as it is printed, four signs at a time."""
        return " ".join(self.iban[place : place + GROUP] for place in range(0, len(self.iban), GROUP))

    @property
    def rib(self) -> str:
        """Bank, place, account and key, as banks in Morocco ask one another for; none of a bank elsewhere."""
        if not self.iban.startswith("MA"):
            return ""
        digits = self.iban[4:]
        return f"{digits[:3]} {digits[3:6]} {digits[6:22]} {digits[22:]}"

    @property
    def is_fictional(self) -> bool:
        return self.iban.startswith(settings.FICTIONAL_BANK)


def account_in(currency: str) -> Account | None:
    """Return the office's account in a currency."""
    written = settings.TRANSFER_ACCOUNTS.get(currency)
    return Account(*written) if written else None


def least_amounts() -> dict[str, Decimal]:
    """Return from what amount on a transfer may be chosen, for the currencies that have an account."""
    return {currency: settings.TRANSFER_FROM[currency] for currency in settings.TRANSFER_ACCOUNTS}


def awaited_until(now: datetime) -> datetime:
    """Return until when an order placed now waits for its transfer: noon of a working day."""
    last = workday_after(day_of(now), settings.TRANSFER_DAYS, closed_days())
    return instant_of(datetime.combine(last, NOON))


def ends_soon(until: datetime, now: datetime) -> bool:
    """Tell whether so few working days are left that the buyer should be reminded."""
    return workdays_since(day_of(now), day_of(until), closed_days()) <= settings.TRANSFER_REMINDER_DAYS
