"""Bank Al-Maghrib's published rates of the day, one call a day with a subscription key.

``GET …/CoursVirement?date=2026-11-20T12:30:00`` answers an array of ``{date, libDevise, moyen, uniteDevise}``, empty
on days without a fixing. ``moyen`` is the price of ``uniteDevise`` units; older days have a buying and a selling
price instead (``achat`` and ``vente``, with or without ``Clientele``), whose middle is taken.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import urlencode

from . import web
from .base import FixedRate, Garbled, KeyRefused, SourceUnavailable, TooManyQuestions

CURRENCIES = ("EUR", "USD")
UNITS = (1, 10, 100)
NAME = "Bank Al-Maghrib"


class BankAlMaghrib:
    def __init__(self, *, base: str, key: str) -> None:
        self.base = base.rstrip("/")
        self._key = key

    def fetch(self, day: date) -> list[FixedRate]:
        query = urlencode({"date": f"{day.isoformat()}T12:30:00"})
        status, body = web.get(
            f"{self.base}/CoursVirement?{query}",
            {"Ocp-Apim-Subscription-Key": self._key, "Accept": "application/json"},
        )
        _check(status)
        return _rates(_parsed(body), day)


def _check(status: int) -> None:
    if status in {401, 403}:
        raise KeyRefused(f"{NAME} refuses our key (HTTP {status}): look at BAM_API_KEY.")
    if status == 429:
        raise TooManyQuestions(f"{NAME} was asked too often (HTTP 429).")
    if status >= 500:
        raise SourceUnavailable(f"{NAME} has a fault of its own (HTTP {status}).")
    if status != 200:
        raise Garbled(f"{NAME} answered HTTP {status}.")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Garbled(f"{NAME} answered something that is no JSON.") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _rates(answer: Any, day: date) -> list[FixedRate]:
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise Garbled(f"{NAME} answered JSON that is no list of rates.")
    found = [_rate(row, day) for row in answer if row.get("libDevise") in CURRENCIES]
    if len({rate.currency for rate in found}) < len(found):
        raise Garbled(f"{NAME} gave two rates for one currency.")
    return found


def _rate(row: dict[str, Any], day: date) -> FixedRate:
    currency = row["libDevise"]
    try:
        answered = datetime.fromisoformat(row["date"]).date()
    except (KeyError, TypeError, ValueError):
        raise Garbled(f"{NAME} gave no day for {currency}.") from None
    if answered != day:
        raise Garbled(f"{NAME} was asked for {day} and answered {answered}.")
    units = row.get("uniteDevise")
    if not isinstance(units, Decimal) or units not in UNITS:
        raise Garbled(f"{NAME} gave {currency} for {units!r} units.")
    if row.get("moyen") is not None:
        return FixedRate(currency, day, _price(row, "moyen") / units, NAME)
    suffix = "Clientele" if "achatClientele" in row else ""
    buying, selling = _price(row, f"achat{suffix}"), _price(row, f"vente{suffix}")
    return FixedRate(currency, day, (buying + selling) / 2 / units, f"{NAME}, middle of buying and selling")


def _price(row: dict[str, Any], name: str) -> Decimal:
    price = row.get(name)
    if not isinstance(price, Decimal) or not 0 < price < 1_000_000 or len(price.as_tuple().digits) > 20:
        raise Garbled(f"{NAME} gave {row['libDevise']} without a price in {name}.")
    return price
