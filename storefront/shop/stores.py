"""A solidarity shop as its pages show it: open or not, how far, and where on a small drawn map."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from catalogue.lots.models import Place
from catalogue.places.models import Province
from catalogue.shops.models import Weekday
from catalogue.shops.policies import Calendar, Span
from catalogue.shops.queries import calendar_of, hours_now

WIDTH, HEIGHT, MARGIN = 320, 320, 14
DAYS_SHOWN = 7


@dataclass(frozen=True)
class Store:
    """``is_open`` now; ``words`` say until when, or when it opens next; ``km`` from where the visitor chose."""

    place: Place
    is_open: bool
    words: str
    km: int | None = None

    @property
    def url(self) -> str:
        return reverse("shops:shop", args=[self.place.code.lower()])

    @property
    def on_map(self) -> str:
        """The shop on a map that anyone may open; a phone offers its own."""
        where = {"mlat": self.place.latitude, "mlon": self.place.longitude}
        view = f"map=17/{self.place.latitude}/{self.place.longitude}"
        return f"https://www.openstreetmap.org/?{urlencode(where)}#{view}"

    @property
    def geo(self) -> str:
        return f"geo:{self.place.latitude},{self.place.longitude}"


def store_of(place: Place, now: datetime, km: float | None = None) -> Store:
    said = hours_now(place, now)
    words = _words(said["closes"], said["opens"], day_of(now))
    return Store(place, said["closes"] is not None, words, None if km is None else round(km))


def _words(closes: datetime | None, opens: datetime | None, today: date) -> str:
    if closes:
        return _("open until %(time)s") % {"time": clock(closes.time())}
    if opens is None:
        return _("closed at the moment")
    values = {"time": clock(opens.time()), "day": formats.day(opens.date(), get_language())}
    if opens.date() == today:
        return _("opens today at %(time)s") % values
    if opens.date() == today + timedelta(days=1):
        return _("opens tomorrow at %(time)s") % values
    return _("opens on %(day)s at %(time)s") % values


def clock(moment: time) -> str:
    """Write an hour so that it stays whole in an Arabic line."""
    return f"\u2066{moment:%H:%M}\u2069"


@dataclass(frozen=True)
class DayHours:
    day: date
    name: str
    hours: str
    is_today: bool
    is_other: bool


def week_of(place: Place, now: datetime) -> list[DayHours]:
    """Return the hours of the coming days, each as it will really be."""
    calendar, today = calendar_of(place), day_of(now)
    days = [today + timedelta(days=offset) for offset in range(DAYS_SHOWN)]
    return [
        DayHours(
            day, str(Weekday(day.weekday()).label), _hours(calendar.spans_on(day)), day == today, _other(calendar, day)
        )
        for day in days
    ]


def _hours(spans: Sequence[Span]) -> str:
    return _(", ").join(f"\u2066{span.opens:%H:%M}–{span.closes:%H:%M}\u2069" for span in spans) or _("closed")


def _other(calendar: Calendar, day: date) -> bool:
    return calendar.spans_on(day) != sorted(calendar.week.get(day.weekday(), ()), key=lambda span: span.opens)


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    store: Any = None


@dataclass(frozen=True)
class Drawn:
    """Provinces as dots, shops as marks: no more is known of the land, and nothing is asked of anyone else."""

    dots: list[Point]
    marks: list[Point]
    width: int = WIDTH
    height: int = HEIGHT


def draw_map(places: Iterable[Place]) -> Drawn:
    found = [(float(lat), float(lon)) for lat, lon in _points()]
    places = list(places)
    shops = [(float(place.latitude), float(place.longitude)) for place in places]
    everywhere = found + shops
    if not everywhere:
        return Drawn([], [])
    south, north = min(lat for lat, _lon in everywhere), max(lat for lat, _lon in everywhere)
    west, east = min(lon for _lat, lon in everywhere), max(lon for _lat, lon in everywhere)
    span = max(north - south, (east - west) * 0.88, 0.1)  # a degree of longitude is shorter here

    def at(lat: float, lon: float) -> tuple[float, float]:
        scale = (WIDTH - 2 * MARGIN) / span
        return round(MARGIN + (lon - west) * 0.88 * scale, 1), round(MARGIN + (north - lat) * scale, 1)

    dots = [Point(*at(lat, lon)) for lat, lon in found]
    marks = [Point(*at(*where), place) for where, place in zip(shops, places, strict=True)]
    return Drawn(dots, marks)


def _points() -> list[tuple[Any, Any]]:
    cache = caches["local"]
    found: list[tuple[Any, Any]] | None = cache.get("shops.points")
    if found is None:
        found = list(Province.objects.order_by("code").values_list("latitude", "longitude"))
        cache.set("shops.points", found, 300)
    return found


def provinces() -> list[tuple[str, str]]:
    """Return the provinces by name, in the page's language, from the local cache."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    cache, key = caches["local"], f"shops.provinces.{language}"
    found: list[tuple[str, str]] | None = cache.get(key)
    if found is None:
        found = [(province.code, province.name) for province in Province.objects.order_by("name")]
        cache.set(key, found, 300)
    return found
