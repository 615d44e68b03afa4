"""A database of its own for a simulated year, beside the shop's on the same server: made, migrated, dropped again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from psycopg import sql

MANAGE = str(settings.BASE_DIR / "manage.py")


@contextmanager
def database(name: str) -> Iterator[dict[str, str]]:
    """Give the environment of processes that work in a new database of this name; one that is there is replaced."""
    with _as_owner() as owner:
        _drop(owner, name)
        owner.execute(_created(owner, name))
        owner.execute(
            sql.SQL("REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO {1}").format(
                sql.Identifier(name), sql.Identifier(settings.DATABASES["default"]["USER"])
            )
        )
        # dropped in the end: nothing of it has to survive a power cut
        owner.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit TO off").format(sql.Identifier(name)))
    environment = {
        **os.environ,
        "DATABASE_URL": _at(settings.DATABASE_URL, name),
        "DATABASE_OWNER_URL": _at(settings.DATABASE_OWNER_URL, name),
    }
    try:
        subprocess.run(
            [sys.executable, MANAGE, "migrate", "--verbosity=0"],
            env=environment | {"SHOP_DATABASE_ROLE": "owner"},
            check=True,
        )
        yield environment
    finally:
        with _as_owner() as owner:
            _drop(owner, name)


def _created(owner: Any, name: str) -> sql.Composed:
    """Write the statement that makes a database with the letters of the shop's own."""
    found = owner.execute("SELECT datcollate FROM pg_database WHERE datname = current_database()").fetchone()
    return sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE {}").format(
        sql.Identifier(name), sql.Literal(found[0])
    )


def _drop(owner: Any, name: str) -> None:
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _as_owner() -> Any:
    known = settings.OWNER_DATABASE
    return psycopg.connect(
        dbname=known["NAME"],
        user=known["USER"],
        password=known["PASSWORD"],
        host=known["HOST"] or known.get("OPTIONS", {}).get("host"),
        port=known["PORT"] or None,
        autocommit=True,
    )


def _at(url: str, name: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{name}{query}"  # urlunsplit drops the slashes where there is no host
