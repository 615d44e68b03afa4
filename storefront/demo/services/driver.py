"""Start and stop both servers of one data folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from . import postgres, valkey
from .layout import Addresses, Layout, addresses


def start(data_dir: str | os.PathLike[str], *, fast: bool = False) -> Addresses:
    """Start what is not up yet and say where it answers. Safe to call from several processes at once.

    ``fast`` gives up surviving a power cut: for tests.
    """
    layout = Layout.at(data_dir)
    with _alone(layout):
        layout.make_folders()
        fresh = postgres.start(layout, fast=fast)
        valkey.start(layout, fast=fast)
        if fresh:
            postgres.check_arabic(layout)
    return addresses(data_dir)


def stop(data_dir: str | os.PathLike[str]) -> bool:
    """Stop both in order; False when neither ran."""
    layout = Layout.at(data_dir)
    if not layout.data_dir.exists():
        return False
    with _alone(layout):
        return any([valkey.stop(layout), postgres.stop(layout)])


def status(data_dir: str | os.PathLike[str]) -> dict[str, bool]:
    layout = Layout.at(data_dir)
    return {"postgresql": postgres.answers(layout), "valkey": valkey.answers(layout)}


@contextlib.contextmanager
def running(data_dir: str | os.PathLike[str], *, fast: bool = False) -> Iterator[Addresses]:
    """Servers for the length of a block."""
    found = start(data_dir, fast=fast)
    try:
        yield found
    finally:
        stop(data_dir)


@contextlib.contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    layout.data_dir.mkdir(parents=True, exist_ok=True)
    with layout.lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the kernel lets go of it when a process is killed
        yield
