"""What the database and the clock must be like before the shop may trust them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.utils import timezone

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)
AFTER = datetime(2026, 11, 20, 12, tzinfo=UTC)


@register(Tags.database)
def arabic_trigrams(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Search by likeness sees Arabic letters only under a libc UTF-8 locale, and says nothing otherwise."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
            if not cursor.fetchone()[0]:
                continue  # before the first migration
            cursor.execute("SELECT cardinality(show_trgm('زيت'))")
            if not cursor.fetchone()[0]:
                found.append(
                    Error(
                        f"Trigrams in database {alias!r} see no Arabic letters.",
                        hint="Create it with a libc locale in UTF-8, such as C.UTF-8; not C, not the builtin provider.",
                        id="kernel.E001",
                    )
                )
    return found


@register()
def moroccan_clock(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Morocco left UTC+1 on 2026-09-20; an older time zone file would date a day's orders wrongly."""
    zone = ZoneInfo(settings.TIME_ZONE)
    if settings.TIME_ZONE != "Africa/Casablanca":
        return []
    if (_python_offset(zone, SUMMER), _python_offset(zone, AFTER)) == (timedelta(hours=1), timedelta(0)):
        return []
    return [
        Error("Python's time zone file does not know Morocco's clock.", hint="Install tzdata 2026.6.", id="kernel.E002")
    ]


@register(Tags.database)
def same_clock(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Compare PostgreSQL's offsets with Python's; a system server brings time zone files of its own."""
    zone = ZoneInfo(settings.TIME_ZONE)
    found: list[CheckMessage] = []
    for alias in databases or ():
        for instant in (SUMMER, timezone.now()):
            with connections[alias].cursor() as cursor:
                cursor.execute(
                    "SELECT (%s::timestamptz AT TIME ZONE %s) - (%s::timestamptz AT TIME ZONE 'UTC')",
                    [instant, settings.TIME_ZONE, instant],
                )
                theirs = cursor.fetchone()[0]
            ours = _python_offset(zone, instant)
            if ours != theirs:
                found.append(
                    Warning(
                        f"On {instant:%Y-%m-%d} PostgreSQL's clock is at UTC+{theirs}, Django's at UTC+{ours}.",
                        hint="Days counted in SQL would differ by an hour: update the server's time zone files.",
                        id="kernel.W003",
                    )
                )
    return found


def _python_offset(zone: ZoneInfo, instant: datetime) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()
