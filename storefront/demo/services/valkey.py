"""The embedded Valkey: broker, cache and limits of a demonstration, on one private socket."""

import socket
import subprocess
import time
from pathlib import Path

from . import tools
from .layout import Layout, ServiceError

_START_LIMIT = 60


def start(layout: Layout, *, fast: bool) -> bool:
    """Bring the server up; False when it already answered."""
    if answers(layout):
        return False
    if not running(layout):
        layout.valkey_socket.unlink(missing_ok=True)
        _launch(layout, fast=fast)
    end = time.monotonic() + _START_LIMIT
    while not answers(layout):
        if time.monotonic() > end:
            raise ServiceError(f"Valkey does not answer: see {layout.valkey_log}.")
        time.sleep(0.02)
    return True


def stop(layout: Layout) -> bool:
    """Ask the server to write what it holds and leave; False when none ran."""
    if not running(layout):
        return False
    _ask(layout, b"SHUTDOWN SAVE\r\n" if _keeps(layout) else b"SHUTDOWN NOSAVE\r\n")
    end = time.monotonic() + 20
    while running(layout):
        if time.monotonic() > end:
            raise ServiceError(f"Valkey does not stop: see {layout.valkey_log}.")
        time.sleep(0.02)
    return True


def answers(layout: Layout) -> bool:
    return _ask(layout, b"PING\r\n").startswith(b"+PONG")


def running(layout: Layout) -> int | None:
    """The server's process, even while it is frozen or still reading its file."""
    try:
        pid = int(_pid_file(layout).read_text())
    except (OSError, ValueError):
        return None
    return pid if tools.lives_in(pid, layout.valkey) else None


def _launch(layout: Layout, *, fast: bool) -> None:
    arguments = {
        "port": "0",
        "unixsocket": str(layout.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(layout.valkey),
        "pidfile": str(_pid_file(layout)),
        "logfile": str(layout.valkey_log),
        "daemonize": "yes",
        "databases": "64",
        "save": "",
        "appendonly": "no" if fast else "yes",
        # Half of it is a queue: a full memory must be an error, never a job thrown away.
        "maxmemory-policy": "noeviction",
    }
    command = [tools.valkey_server()]
    for name, value in arguments.items():
        command += [f"--{name}", value]
    done = subprocess.run(command, cwd=layout.valkey, env=tools.environment(), capture_output=True, text=True)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["no message"]
        raise ServiceError(f"Valkey did not start: {said[-1]}")


def _pid_file(layout: Layout) -> Path:
    return layout.valkey / "valkey.pid"


def _keeps(layout: Layout) -> bool:
    return (layout.valkey / "appendonlydir").exists()


def _ask(layout: Layout, request: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(layout.valkey_socket))
            connection.sendall(request)
            return connection.recv(64)
        except OSError:
            return b""
