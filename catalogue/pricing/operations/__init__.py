"""Everything that changes what things cost: recording rates, publishing price lists."""

from .fetching import Incomplete, fetch_rates
from .lists import TooEarly, publish_opening_list, publish_past_list
from .rates import (
    NoGrounds,
    RateAbsurd,
    RateNotFinite,
    RateNotPositive,
    RateNotWaiting,
    RateOfTheFuture,
    RateRefused,
    RatesTooOld,
    Recorded,
    SamePerson,
    UnknownRateCurrency,
    accept_rate,
    load_history,
    rates_for_publishing,
    record_rate,
    refuse_rate,
)

__all__ = [
    "Incomplete",
    "NoGrounds",
    "RateAbsurd",
    "RateNotFinite",
    "RateNotPositive",
    "RateNotWaiting",
    "RateOfTheFuture",
    "RateRefused",
    "RatesTooOld",
    "Recorded",
    "SamePerson",
    "TooEarly",
    "UnknownRateCurrency",
    "accept_rate",
    "fetch_rates",
    "load_history",
    "publish_opening_list",
    "publish_past_list",
    "rates_for_publishing",
    "record_rate",
    "refuse_rate",
]
