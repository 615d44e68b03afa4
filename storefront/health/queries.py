"""Whether the shop can work now, in four answers a probe understands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from fulfilment.jobs import queries as jobs

PATIENCE = {"relay": timedelta(seconds=60), "worker": timedelta(minutes=3), "worker-money": timedelta(minutes=3)}
"""How long a kind of process may be silent: a canary runs each minute and may be missed twice."""

_migrated = False


@dataclass(frozen=True)
class Probe:
    name: str
    well: bool
    detail: str = ""


def probes(now: datetime) -> list[Probe]:
    checks: dict[str, Callable[[datetime], str]] = {
        "database": _database,
        "broker": _broker,
        "migrations": _migrations,
        "workers": _workers,
    }
    found = []
    for name, check in checks.items():
        try:
            detail = check(now)
        except (DatabaseError, redis.RedisError) as error:
            detail = type(error).__name__  # the message may hold an address
        found.append(Probe(name, not detail, detail))
    return found


def _database(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _broker(now: datetime) -> str:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()
    return ""


def _migrations(now: datetime) -> str:
    global _migrated
    if not _migrated:  # what was applied stays so while this process lives
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            return f"{len(waiting)} not applied"
        _migrated = True
    return ""


def _workers(now: datetime) -> str:
    silent = [name for name, age in heartbeats(now).items() if age is None or age > PATIENCE[name]]
    return f"silent: {', '.join(silent)}" if silent else ""


def heartbeats(now: datetime) -> dict[str, timedelta | None]:
    beats = {name: jobs.last_beat(name) for name in PATIENCE}
    return {name: now - at if at else None for name, at in beats.items()}
