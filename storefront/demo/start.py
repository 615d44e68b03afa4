"""The demonstration from nothing to an address: ``python -m storefront.demo.start [--reset]``."""

import argparse
import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from . import services
from .processes import ROOT, environment, processes
from .steps import STEPS, Book, StepFailed, take
from .supervisor import Supervisor

OURS = (
    *("postgres", "postgres.new", "postgres.log", "valkey", "valkey.log", "run", "secrets", "services.lock"),
    *("static", "built-static", "media", "steps.json", "demo.json", "accounts.json", "demo.lock", "test"),
    *("demo-stripe.json", "sms.jsonl"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="forget the data, start nothing")
    options = parser.parse_args()
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / "var").expanduser().resolve()
    signal.signal(signal.SIGTERM, _leave)
    try:
        return reset(data_dir) if options.reset else run(data_dir)
    except (services.ServiceError, StepFailed, AlreadyRunning) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


class AlreadyRunning(Exception):
    """A demonstration holds this folder; two would pull the servers from under each other."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"A demonstration runs in {data_dir} already: stop it, or choose another folder: DATA_DIR=…")


def run(data_dir: Path) -> int:
    """Open the shop and stay until told to stop; 1 with one line when this folder or a port is taken."""
    lock = _hold(data_dir) if data_dir.is_dir() else None
    port = _port()
    stripe_port = port + 1
    for number in (port, stripe_port):
        if _is_taken(number):
            print(
                f"Port {number} is taken: stop what listens there, or choose another: make demo PORT=8100",
                file=sys.stderr,
            )
            return 1
    lock = lock or _hold(data_dir)
    try:
        os.environ.update(_servers(data_dir))
        shared = {
            "SHOP_ENV": "demo",
            "DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "storefront.settings",
            **environment(port=port, stripe_port=stripe_port),
        }
        take(STEPS, Book(data_dir, os.environ["DATABASE_URL"]), shared)
        base_url = shared["BASE_URL"]
        write_contract(data_dir, base_url)
        supervisor = Supervisor(processes(port=port), {**os.environ, **shared})
        return supervisor.run(when_started=lambda: _announce(base_url, supervisor))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half a shutdown
        services.stop(data_dir)
        lock.close()


def _hold(data_dir: Path) -> IO[str]:
    """Take the folder for as long as the file stays open; the kernel lets go of it when this process is killed."""
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = (data_dir / "demo.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise AlreadyRunning(data_dir) from None
    return lock


def reset(data_dir: Path) -> int:
    """Stop the servers and delete what the demonstration made; anything else in the folder stays.

    Refuses while a demonstration runs there: its shop would lose its floor.
    """
    if data_dir.is_dir():
        _hold(data_dir).close()
    services.stop(data_dir)
    services.stop(data_dir / "test")
    sockets = {services.addresses(folder).layout.sockets for folder in (data_dir, data_dir / "test")}
    for path in (*(data_dir / name for name in OURS), *sockets):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print(f"Forgotten: the demonstration in {data_dir}.")
    return 0


def write_contract(data_dir: Path, base_url: str) -> None:
    """Write ``demo.json``, which scripts outside rely on."""
    try:
        accounts = json.loads((data_dir / "accounts.json").read_text())
    except OSError:
        accounts = []
    contract = {
        "base_url": base_url,
        "database_url": os.environ["DATABASE_URL"],
        "redis_url": os.environ["REDIS_URL"],
        "accounts": accounts,
    }
    path = data_dir / "demo.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(contract, indent=2, ensure_ascii=False) + "\n")


def _servers(data_dir: Path) -> dict[str, str]:
    """The addresses from the environment where it names them; our own servers for the rest."""
    if "DATABASE_URL" in os.environ and "DATABASE_OWNER_URL" not in os.environ:
        raise StepFailed("DATABASE_URL is set and DATABASE_OWNER_URL is not: the tables need their owner. Set both.")
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        return {}
    found = services.start(data_dir).environment()
    return {name: value for name, value in found.items() if name not in os.environ}


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65535:
        raise StepFailed(f"PORT is {text!r}: say a number from 1 to 65534.")
    return int(text)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _announce(base_url: str, supervisor: Supervisor) -> None:
    while not supervisor.stopping.is_set():
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=5):  # noqa: S310 (our own address)
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    else:
        return
    supervisor.say("shop", f"open at {base_url}/ · every sign-in and message at {base_url}/demo/ · Ctrl-C closes it")


def _leave(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
