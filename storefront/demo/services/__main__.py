import argparse
import os
import shlex
import signal
import sys
import threading
from pathlib import Path

from . import ServiceError, addresses, running, start, status, stop

ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m storefront.demo.services", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "status", "env", "run"])
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR") or ROOT / "var"))
    parser.add_argument("--fast", action="store_true", help="give up surviving a power cut")
    options = parser.parse_args()
    try:
        return ACTIONS[options.action](options)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1


def _start(options: argparse.Namespace) -> int:
    found = start(options.data_dir, fast=options.fast)
    for name, value in found.environment().items():
        print(f"{name}={value}")
    return 0


def _stop(options: argparse.Namespace) -> int:
    print("stopped" if stop(options.data_dir) else "nothing was running")
    return 0


def _status(options: argparse.Namespace) -> int:
    found = status(options.data_dir)
    for name, up in found.items():
        print(f"{name}: {'up' if up else 'down'}")
    return 0 if all(found.values()) else 1


def _env(options: argparse.Namespace) -> int:
    for name, value in addresses(options.data_dir).environment().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _run(options: argparse.Namespace) -> int:
    """Hold the servers until Ctrl-C or SIGTERM."""
    leave = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave.set())
    with running(options.data_dir, fast=options.fast):
        print("up", flush=True)
        leave.wait()
    return 0


ACTIONS = {"start": _start, "stop": _stop, "status": _status, "env": _env, "run": _run}

if __name__ == "__main__":
    sys.exit(main())
