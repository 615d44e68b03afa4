"""Two at once, really at once."""

import contextlib
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet


class Meeting:
    """A read that stands in for a lock: each thread that comes goes on once all have read as often as it has.

    They wait long for each other at the first read, so that all of them have looked before one writes however slow
    the machine is. Later one may be held up by what another has written: there they wait a moment only.
    """

    def __init__(self, threads: int) -> None:
        self.barrier = threading.Barrier(threads)
        self.known: set[int] = set()

    def read(self, rows: QuerySet[Any]) -> list[Any]:
        found = list(rows.order_by("pk"))
        here = threading.get_ident()
        if here != threading.main_thread().ident:
            patience = 1 if here in self.known else 30
            self.known.add(here)
            with contextlib.suppress(threading.BrokenBarrierError):
                self.barrier.wait(timeout=patience)
        return found


def unlock(
    monkeypatch: pytest.MonkeyPatch, *modules: ModuleType, read: Callable[..., list[Any]] = list, meet: int = 0
) -> None:
    """Let operations of these modules only read the rows that they lock: for the twin of a race.

    As many threads as ``meet`` says have all read before one of them goes on.
    """
    read = Meeting(meet).read if meet else read
    for module in modules:
        for name, stand_in in (("lock", read), ("lock_one", lambda rows: read(rows)[0])):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, stand_in)


def run_together(
    function: Callable[..., Any], workers: int, *, expected: type[BaseException] | tuple[type[BaseException], ...] = ()
) -> list[Any]:
    """Call the function in several threads that start at one barrier, each with its own connection.

    Gives the answers in the order of the threads; an ``expected`` exception stands in the place of its answer,
    any other fails the test. A function with one argument is told its number, from 0.
    """
    barrier = threading.Barrier(workers)
    answers: list[Any] = [None] * workers
    faults: list[BaseException] = []
    takes_number = getattr(function, "__code__", None) is not None and function.__code__.co_argcount == 1

    def run(number: int) -> None:
        try:
            with contextlib.suppress(RuntimeError):  # a test without a database
                connections["default"].ensure_connection()
            barrier.wait(timeout=30)
            answers[number] = function(number) if takes_number else function()
        except expected as error:
            answers[number] = error
        except BaseException as error:  # reported below, in the test's own thread
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number], daemon=True) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError(f"{sum(thread.is_alive() for thread in threads)} of {workers} never came back.")
    if faults:
        faults[0].add_note(f"{len(faults)} of {workers} threads failed.")
        raise faults[0]
    return answers
