"""The parameters of ``sales_profile.json``: who buys what, when, and how it ends. No database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

Choice = TypeVar("Choice")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHANNELS = ("web_ma", "web_abroad")
PAID_BY_CASH = "cod"


def pick(random: Random, shares: Mapping[Choice, float]) -> Choice:
    """Draw one of the keys in proportion to its share."""
    return random.choices(list(shares), list(shares.values()))[0]


@dataclass(frozen=True)
class Event:
    """A season with its multipliers: Ramadan, the summer of those who live abroad, a harvest."""

    starts_on: date
    ends_on: date
    multiplier: float
    by_category: Mapping[str, float]

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Profile:
    raw: Mapping[str, Any]
    events: Sequence[Event]
    ramadans: Sequence[tuple[date, date]]

    def day_weight(self, day: date, last_day: date) -> float:
        """Return how much is bought on a day: weekday, month, seasons, and the growth of the year before."""
        weight = self.raw["orders_by_weekday"][WEEKDAYS[day.weekday()]] * self.raw["month_multiplier"][str(day.month)]
        for event in self.events:
            if day in event:
                weight *= event.multiplier
        return weight * (1 + self.raw["growth"]["annual"]) ** (-(last_day - day).days / 365)

    def category_weight(self, category_top: str, day: date) -> float:
        weight = 1.0
        for event in self.events:
            if day in event:
                weight *= event.by_category.get(category_top, 1.0)
        return weight

    def hours(self, day: date) -> Sequence[float]:
        in_ramadan = any(start <= day <= end for start, end in self.ramadans)
        return self.raw["hour_share_ramadan" if in_ramadan else "hour_share"]

    def channels(self) -> dict[str, float]:
        return {name: self.raw["channels"][name]["orders_per_week"] for name in CHANNELS}

    def lines(self, channel: str) -> dict[int, float]:
        return self._by_channel("basket_lines", channel)

    def quantities(self, channel: str) -> dict[int, float]:
        return self._by_channel("quantity_per_line", channel)

    def _by_channel(self, name: str, channel: str) -> dict[int, float]:
        shares = self.raw.get(f"{name}_{channel}", self.raw[name])
        return {int(number): share for number, share in shares.items()}

    def is_refused_at_the_door(self, random: Random, zone_code: str) -> bool:
        """Draw whether nobody takes a cash parcel, the second attempt included."""
        cod = self.raw["cod"]
        refused = cod["refused_or_unreachable_by_zone"].get(zone_code, 0.1)
        return random.random() < refused * (1 - cod["second_attempt_success"])

    def is_cancelled_at_the_call(self, random: Random) -> bool:
        return random.random() < self.raw["cod"]["cancelled_before_dispatch"]


def read(path: Path) -> Profile:
    raw = json.loads(path.read_text(encoding="utf-8"))
    events = [
        Event(
            date.fromisoformat(event["start"]),
            date.fromisoformat(event["end"]),
            event["multiplier"],
            event["category_multiplier"],
        )
        for event in raw["events"]
    ]
    ramadans = [(date.fromisoformat(one["start"]), date.fromisoformat(one["end"])) for one in raw["ramadan"]]
    return Profile(raw, events, ramadans)


def draw_days(profile: Profile, random: Random, *, count: int, last_day: date, days: int) -> list[date]:
    """Draw the days on which orders were placed, in order, over ``days`` days up to the last."""
    calendar = [last_day - timedelta(days=back) for back in reversed(range(days))]
    weights = [profile.day_weight(day, last_day) for day in calendar]
    return sorted(random.choices(calendar, weights, k=count))
