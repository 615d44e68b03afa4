"""The embedded PostgreSQL: making the cluster, starting, stopping."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from . import tools
from .layout import DATABASE, ROLES, Layout, ServiceError

_SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
log_lock_waits = on
log_lock_failures = on
log_line_prefix = '%m [%p] %u@%d %a '
"""
_FAST = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
"""
# The superuser has no way in: everything it had to do was done before the server first listened.
_WHO_MAY_CONNECT = "local all postgres reject\nlocal all all scram-sha-256\n"

_START_LIMIT = 120
_OUTPUT = ("-A", "-t", "-q", "-X", "-v", "ON_ERROR_STOP=1")


def start(layout: Layout, *, fast: bool) -> bool:
    """Bring the server up; False when it already answered."""
    if _answers(layout) == 0:
        return False
    if not (layout.cluster / "PG_VERSION").exists():
        _make_cluster(layout, fast=fast)
    _configure(layout, fast=fast)
    if not _postmaster(layout):
        _clear_after_crash(layout)
        _launch(layout)
    _wait(layout)
    return True


def stop(layout: Layout) -> bool:
    """Stop the server in order; False when none ran."""
    pid = _postmaster(layout)
    if not pid:
        return False
    done = tools.run(
        "pg_ctl", "-D", str(layout.cluster), "-m", "fast", "-w", "-t", "60", "-s", "stop",
        cwd=layout.sockets, check=False,
    )  # fmt: skip
    if done.returncode and _postmaster(layout):
        tools.run(
            "pg_ctl", "-D", str(layout.cluster), "-m", "immediate", "-w", "-s", "stop",
            cwd=layout.sockets,
        )  # fmt: skip
    return True


def answers(layout: Layout) -> bool:
    return _answers(layout) == 0


def check_arabic(layout: Layout) -> None:
    """Refuse a cluster whose trigrams cannot see Arabic letters: search would find nothing."""
    done = sql(
        layout,
        "SET client_min_messages = error; CREATE EXTENSION IF NOT EXISTS pg_trgm;"
        " SELECT cardinality(show_trgm('زيت'));",
    )
    if done.strip() in {"", "0"}:
        raise ServiceError(f"PostgreSQL in {layout.cluster} has a locale without Arabic letters: run make demo-reset.")


def sql(layout: Layout, statement: str, database: str = DATABASE) -> str:
    """Run a statement as the owner."""
    done = tools.run(
        "psql", *_OUTPUT, "-h", str(layout.sockets), "-U", ROLES["owner"], "-d", database,
        cwd=layout.sockets, feed=statement, extra={"PGPASSWORD": layout.password("owner")},
    )  # fmt: skip
    return done.stdout


def _answers(layout: Layout) -> int:
    """0 accepts connections, 1 is starting or stopping, 2 is not there."""
    if not layout.cluster.exists() or not layout.sockets.exists():
        return 2
    done = tools.run(
        "pg_isready", "-q", "-t", "3", "-h", str(layout.sockets), "-U", ROLES["app"], "-d", DATABASE,
        cwd=layout.sockets, check=False,
    )  # fmt: skip
    return done.returncode


def _postmaster(layout: Layout) -> int | None:
    """The running server's process; not merely the number in its file, which outlives a crash."""
    try:
        pid = int((layout.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if tools.lives_in(pid, layout.cluster) else None


def _make_cluster(layout: Layout, *, fast: bool) -> None:
    """Make the cluster beside its place and move it in when whole, roles and database included."""
    new = layout.data_dir / "postgres.new"
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(layout.cluster, ignore_errors=True)
    layout.make_passwords()
    new.mkdir(mode=0o700)
    _hand_over(layout, new)
    tools.run(
        # libc's UTF-8 locale: under C or the builtin provider trigrams see no Arabic letter.
        "initdb", "-D", str(new), "-U", "postgres", "--auth=reject", "--encoding=UTF8",
        "--locale-provider=libc", "--locale=C.UTF-8", *(["--no-sync"] if fast else []),
        cwd=new,
    )  # fmt: skip
    owner, app = ROLES["owner"], ROLES["app"]
    statements = [
        f"CREATE ROLE {owner} LOGIN NOSUPERUSER NOCREATEROLE CREATEDB PASSWORD '{layout.password('owner')}'",
        f"CREATE ROLE {app} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD '{layout.password('app')}'",
        f"CREATE DATABASE {DATABASE} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        "REVOKE CONNECT ON DATABASE template1 FROM PUBLIC",
    ]
    done = tools.run(
        "postgres", "--single", "-j", "-D", str(new), "postgres",
        cwd=new, feed="".join(f"{line};\n\n" for line in statements),
        hide=[layout.password("owner"), layout.password("app")],
    )  # fmt: skip
    if "ERROR" in done.stderr:
        line = next(line for line in done.stderr.splitlines() if "ERROR" in line)
        raise ServiceError(f"The database could not be prepared: {line}")
    (new / "pg_hba.conf").write_text(_WHO_MAY_CONNECT)
    new.rename(layout.cluster)


def _configure(layout: Layout, *, fast: bool) -> None:
    """Write our settings again at every start: the folder may have moved since."""
    sockets = str(layout.sockets).replace("'", "''")
    text = _SETTINGS + f"unix_socket_directories = '{sockets}'\n" + (_FAST if fast else "")
    ours = layout.cluster / "shop.conf"
    ours.write_text(text)
    main = layout.cluster / "postgresql.conf"
    if "include_if_exists = 'shop.conf'" not in main.read_text():
        with main.open("a") as file:
            file.write("\ninclude_if_exists = 'shop.conf'\n")


def _clear_after_crash(layout: Layout) -> None:
    """Remove what a killed server left behind, once the last of its children is gone.

    The number in these files may be another program's by now, and PostgreSQL would take that for a server.
    """
    end = time.monotonic() + 20
    while tools.processes_in(layout.cluster):
        if time.monotonic() > end:
            raise ServiceError(f"Processes of a killed PostgreSQL still hold {layout.cluster}: stop them first.")
        time.sleep(0.1)
    for left in (layout.cluster / "postmaster.pid", layout.sockets / ".s.PGSQL.5432.lock"):
        left.unlink(missing_ok=True)


def _launch(layout: Layout) -> None:
    _hand_over(layout, layout.sockets)
    layout.cluster_log.touch(mode=0o600)
    if tools.becomes_nobody():
        shutil.chown(layout.cluster_log, "nobody")
    done = tools.run(
        "pg_ctl", "-D", str(layout.cluster), "-w", "-t", str(_START_LIMIT), "-s",
        "-l", str(layout.cluster_log), "start", cwd=layout.sockets, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ServiceError(f"PostgreSQL did not start: see {layout.cluster_log}.")


def _wait(layout: Layout) -> None:
    end = time.monotonic() + _START_LIMIT
    while _answers(layout) != 0:
        if time.monotonic() > end:
            raise ServiceError(f"PostgreSQL does not answer: see {layout.cluster_log}.")
        time.sleep(0.1)


def _hand_over(layout: Layout, folder: Path) -> None:
    """Give the folder to nobody where root has to become that user."""
    if not tools.becomes_nobody():
        return
    shutil.chown(folder, "nobody")
    reach = subprocess.run(
        [*tools.demotion(), "test", "-x", str(folder), "-a", "-x", tools.postgres_tool("postgres")],
        cwd="/", capture_output=True,
    )  # fmt: skip
    if reach.returncode:
        os.chown(folder, os.geteuid(), -1)
        raise ServiceError(
            f"As root without user namespaces, {layout.data_dir} and this checkout must be open to the"
            " user nobody: run as an ordinary user, or set DATABASE_URL."
        )
