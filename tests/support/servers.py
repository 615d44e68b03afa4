"""The servers under the tests: ours in ``DATA_DIR/test``, or those the environment names."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.cache import caches
from django.db import connections
from psycopg import Connection, connect

from storefront.demo import services

DATA_DIR = Path(settings.DATA_DIR) / "test"
_EMBEDDED = "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ
_in_use = None


@dataclass(frozen=True)
class Account:
    """How one role reaches the server, whichever database."""

    url: str

    @property
    def role(self) -> str:
        return unquote(urlsplit(self.url).username or "")

    def open(self, database: str) -> Connection:
        return connect(self.at(database), autocommit=True)

    def at(self, database: str) -> str:
        parts = urlsplit(self.url)
        # Written out: urlunsplit drops the slashes of an address that has no host.
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{parts.netloc}/{database}{query}"

    def settings(self, database: str) -> dict[str, object]:
        parts = urlsplit(self.url)
        query = parse_qs(parts.query)
        return {
            "NAME": database,
            "USER": self.role,
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query["host"][0] if "host" in query else (parts.hostname or ""),
            "PORT": str(parts.port or ""),
        }


def accounts() -> tuple[Account, Account]:
    """The application's role and the owner."""
    return Account(settings.DATABASE_URL), Account(settings.DATABASE_OWNER_URL)


def redis_url(number: int) -> str:
    parts = urlsplit(settings.REDIS_URL)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return f"{parts.scheme}://{parts.netloc}/{number}"


def celery_url(number: int) -> str:
    parts = urlsplit(settings.REDIS_URL)
    return f"redis+socket://{parts.path}?virtual_host={number}" if parts.scheme == "unix" else redis_url(number)


def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def start() -> None:
    """Start the servers and point the settings at them. Every process of a run calls this."""
    global _in_use
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    _in_use = (DATA_DIR / "in-use").open("w")
    fcntl.flock(_in_use, fcntl.LOCK_SH)
    if _EMBEDDED:
        found = services.start(DATA_DIR, fast=True)
        settings.DATABASE_URL = os.environ.get("DATABASE_URL", found.database_url)
        settings.DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", found.database_owner_url)
        settings.REDIS_URL = os.environ.get("REDIS_URL", found.redis_url)
    application, _ = accounts()
    entry = connections.settings["default"]
    entry.update(application.settings("no-test-database-yet"))
    entry["OPTIONS"] = {name: value for name, value in entry.get("OPTIONS", {}).items() if name != "host"}
    # Two databases for each parallel worker: a queue or a limit of one is not the other's.
    settings.REDIS_URL, settings.CACHE_URL = redis_url(2 * worker_number()), redis_url(2 * worker_number() + 1)
    settings.CELERY_BROKER_URL = celery_url(2 * worker_number())
    caches.settings["default"]["LOCATION"] = settings.CACHE_URL
    settings.STATIC_ROOT, settings.MEDIA_ROOT = DATA_DIR / "static", DATA_DIR / "media"
    settings.STATIC_ROOT.mkdir(exist_ok=True)


def stop() -> None:
    """Stop the embedded servers when no other run uses them."""
    if _in_use is None or not _EMBEDDED or "KEEP_TEST_SERVERS" in os.environ:
        return
    try:
        fcntl.flock(_in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    services.stop(DATA_DIR)
