"""Databases for tests, copied from templates that are migrated once.

``empty`` holds what the migrations leave; ``catalogue`` the whole catalogue besides. A template's name carries
a hash of what made it, so it is made again exactly when that changes. Copying one takes a fraction of a second.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.db import connections
from psycopg import Connection, errors, sql

from . import servers

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("catalogue", "fulfilment", "storefront")
SOURCES = {
    "empty": [
        "requirements/runtime.txt",
        *(f"{floor}/**/migrations/**/*" for floor in FLOORS),
        "storefront/**/roles.py",
    ],
    "catalogue": [
        *("catalogue/**/*.py", "catalogue/data/*", "tests/support/build.py"),
        *(f"{floor}/**/datasets*.py" for floor in FLOORS),
    ],
}
TESTS_FOR_A_COPY = 250
"""Tests that roll back leave dead rows, and plans made when tables were empty: after so many a copy is made anew."""
_made: dict[str, str] = {}
_used: Counter[str] = Counter()
_wanted = "empty"


def template(kind: str) -> str:
    """Name the template, making it when nobody did yet."""
    name = f"shop_{kind}_{_hash(kind)}"
    with _alone(), _owner() as admin:
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            _build(admin, kind, name)
    return name


def use(kind: str | None = None, *, fresh: bool = False) -> None:
    """Point Django at this process's copy of a template, or a ``fresh`` one; called before each test."""
    global _wanted
    _wanted = kind or _wanted
    entry = connections.settings["default"]
    if not _made and kind:
        return  # no test has asked for a database yet
    if _wanted not in _made:
        _made[_wanted] = f"test_{os.getpid()}_{_wanted}"
        copy(_wanted, _made[_wanted])
    if entry["NAME"] != _made[_wanted]:
        connections.close_all()
        entry["NAME"] = _made[_wanted]
    _used[_wanted] += 1
    if fresh or _used[_wanted] > TESTS_FOR_A_COPY:
        renew()


def renew() -> None:
    """Put the current database back to its template, after a test that committed."""
    connections.close_all()
    copy(_wanted, _made[_wanted])
    _used[_wanted] = 0


def copy(kind: str, name: str) -> None:
    source = template(kind)
    with _owner() as admin:
        _drop(admin, name)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))
        _grant_connect(admin, name)


def drop(name: str) -> None:
    with _owner() as admin:
        _drop(admin, name)


def drop_all() -> None:
    connections.close_all()
    for name in _made.values():
        drop(name)


def drop_leftovers() -> None:
    """Remove the copies of runs that were killed, and templates of migrations that changed since."""
    kept = {f"shop_{kind}_{_hash(kind)}" for kind in SOURCES}
    with _alone(), _owner() as admin:
        names = [row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()]
        for name in names:
            parts = name.split("_")
            dead = parts[0] == "test" and parts[1].isdigit() and not Path(f"/proc/{parts[1]}").exists()
            old = name.startswith(("shop_empty_", "shop_catalogue_")) and name not in kept
            if dead or old:
                with contextlib.suppress(errors.ObjectInUse):
                    _drop(admin, name)


def _build(admin: Connection, kind: str, name: str) -> None:
    new = f"{name}_new"
    _drop(admin, new)
    source = "template0" if kind == "empty" else f"shop_empty_{_hash('empty')}"
    if kind != "empty" and not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [source]).fetchone():
        _build(admin, "empty", source)
    locale = sql.SQL(" ENCODING 'UTF8' LOCALE 'C.UTF-8'") if kind == "empty" else sql.SQL("")
    admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(new), sql.Identifier(source)) + locale
    )
    _grant_connect(admin, new)
    application, owner = servers.accounts()
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.build", kind],
        cwd=ROOT,
        env={
            **os.environ,
            "SHOP_ENV": "test",
            "SHOP_DATABASE_ROLE": "owner" if kind == "empty" else "app",
            "DATABASE_URL": application.at(new),
            "DATABASE_OWNER_URL": owner.at(new),
            "REDIS_URL": servers.redis_url(2 * servers.worker_number()),
        },
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"The {kind} template could not be made:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(new), sql.Identifier(name)))


def _drop(admin: Connection, name: str) -> None:
    """The application's connections are its own to end: the owner has no power over them."""
    application, _ = servers.accounts()
    busy = admin.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
    if busy and busy[0]:
        with contextlib.suppress(errors.OperationalError), application.open(name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
                [name],
            )
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _try in range(100):
        with contextlib.suppress(errors.InsufficientPrivilege):
            admin.execute(drop)
            return
        time.sleep(0.05)  # one of the application's is still ending
    admin.execute(drop)


def _grant_connect(admin: Connection, name: str) -> None:
    application, _ = servers.accounts()
    admin.execute(
        sql.SQL("REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO {1}").format(
            sql.Identifier(name), sql.Identifier(application.role)
        )
    )


@contextlib.contextmanager
def _owner() -> Iterator[Connection]:
    _, owner = servers.accounts()
    connection = owner.open("postgres")
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (servers.DATA_DIR / "templates.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _hash(kind: str) -> str:
    if kind not in _hashes:
        digest = hashlib.sha256()
        for pattern in [*SOURCES["empty"], *(SOURCES[kind] if kind != "empty" else [])]:
            for path in sorted(ROOT.glob(pattern)):
                if path.is_file() and path.suffix != ".pyc":
                    digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        _hashes[kind] = digest.hexdigest()[:16]
    return _hashes[kind]


_hashes: dict[str, str] = {}
