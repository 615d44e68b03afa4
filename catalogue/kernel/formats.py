"""The one formatter: how amounts, numbers, days and phones are written in each language.

Pure functions of a value and a language (``ar``, ``fr``, ``en``). Arabic is Moroccan: Latin digits and the
month names in use in Morocco. The currency is a word in Arabic, a sign in French, a code in English::

    fr  1 234,50 DH    12,40 €      12,40 $ US
    ar  1.234,50 درهم   12,40 أورو    12,40 دولار
    en  MAD 1,234.50   EUR 12.40    USD 12.40

No line breaks inside: French groups digits with a narrow no-break space, the unit follows a no-break space.
Callers isolate the result with ``<bdi>``; phones are always left to right.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import phonenumbers

from .money import quantize
from .periods import local
from .phones import is_moroccan

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


@dataclass(frozen=True)
class Writing:
    group: str
    decimal: str
    currencies: dict[str, str]
    code_first: bool
    minus: str
    months: tuple[str, ...]
    moment: str
    gram: str
    kilogram: str


WRITINGS = {
    "ar": Writing(
        group=".",
        decimal=",",
        currencies={"MAD": "درهم", "EUR": "أورو", "USD": "دولار"},
        code_first=False,
        minus=f"{RIGHT_TO_LEFT_MARK}{LEFT_TO_RIGHT_MARK}-",  # the amount is Arabic, its figure is not turned round
        months=(
            *("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو"),
            *("يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"),
        ),
        moment="{day}، {time}",
        gram="غ",
        kilogram="كلغ",
    ),
    "fr": Writing(
        group=NARROW_NO_BREAK,
        decimal=",",
        currencies={"MAD": "DH", "EUR": "€", "USD": f"${NO_BREAK}US"},
        code_first=False,
        minus="-",
        months=(
            *("janvier", "février", "mars", "avril", "mai", "juin"),
            *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
        ),
        moment="{day} à {time}",
        gram="g",
        kilogram="kg",
    ),
    "en": Writing(
        group=",",
        decimal=".",
        currencies={},
        code_first=True,
        minus="-",
        months=(
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ),
        moment="{day}, {time}",
        gram="g",
        kilogram="kg",
    ),
}


def writing(language: str | None) -> Writing:
    """Return the habits of a language or of its parent (``ar-ma``); English when we do not know it."""
    return WRITINGS.get((language or "en")[:2], WRITINGS["en"])


def number(value: Decimal | int | float, language: str | None, places: int | None = None) -> str:
    """Write a number with the language's separators, with ``places`` decimals or those it has."""
    habits = writing(language)
    value = Decimal(str(value))
    text = f"{abs(value):,.{places}f}" if places is not None else f"{abs(value):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, _, fraction = text.partition(".")
    text = whole.replace(",", habits.group) + (habits.decimal + fraction if fraction else "")
    return (habits.minus if value < 0 and text.strip("0.,") else "") + text


def money(amount: Decimal | int, currency: str, language: str | None) -> str:
    """Write an amount with its currency."""
    return _with_unit(number(quantize(amount), language, places=2), currency, language)


def _with_unit(figure: str, currency: str, language: str | None) -> str:
    habits = writing(language)
    unit = habits.currencies.get(currency, currency)
    return f"{unit}{NO_BREAK}{figure}" if habits.code_first else f"{figure}{NO_BREAK}{unit}"


def rate_figure(mad_per_unit: Decimal, language: str | None) -> str:
    """Write an exchange rate's number with the four decimals of the bank, or more when it has more."""
    return number(mad_per_unit, language, max(4, -int(mad_per_unit.normalize().as_tuple().exponent)))


def rate(mad_per_unit: Decimal, currency: str, language: str | None) -> str:
    """Write an exchange rate in full: 1 € = 10,8057 DH."""
    figure = rate_figure(mad_per_unit, language)
    return f"{_with_unit('1', currency, language)} = {_with_unit(figure, 'MAD', language)}"


def percent(value: Decimal | int | float, language: str | None) -> str:
    """Write a share that is already in hundredths: 20 is 20%."""
    space = NO_BREAK if (language or "")[:2] == "fr" else ""
    return f"{number(value, language)}{space}%"


def _day_of(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime, language: str | None) -> str:
    """Write a day in full: 21 نونبر 2026. An instant is first placed in the shop's day."""
    value = _day_of(value)
    ordinal = "1er" if value.day == 1 and (language or "")[:2] == "fr" else str(value.day)
    return f"{ordinal} {writing(language).months[value.month - 1]} {value.year}"


def short_day(value: date | datetime, language: str | None = None) -> str:
    """Write a day in figures, the same in the three languages: 21/11/2026."""
    return f"{_day_of(value):%d/%m/%Y}"


def month(value: date | datetime, language: str | None) -> str:
    """Write a month: novembre 2026."""
    value = _day_of(value)
    return f"{writing(language).months[value.month - 1]} {value.year}"


def moment(instant: datetime, language: str | None) -> str:
    """Write a day and the time on Casablanca's clock."""
    return writing(language).moment.format(day=day(instant, language), time=f"{local(instant):%H:%M}")


def phone(e164: str) -> str:
    """Write a phone as people say it: 06 12 34 56 78, or with its country's code when it is foreign."""
    if is_moroccan(e164):
        national = "0" + e164[4:]
        return " ".join(national[start : start + 2] for start in range(0, 10, 2))
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def weight(grams: int, language: str | None) -> str:
    """Write a weight in grams below one kilogram, in kilograms from there."""
    habits = writing(language)
    if grams < 1000:
        return f"{number(grams, language)}{NO_BREAK}{habits.gram}"
    return f"{number(Decimal(grams) / 1000, language)}{NO_BREAK}{habits.kilogram}"
