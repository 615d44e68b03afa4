"""The shop's own worker and relay on a test's database and broker, to be killed as a power cut would."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connections

from fulfilment.jobs import relay
from fulfilment.jobs.models import Job
from tests.fakes.broker import PrivateBroker

from . import clock, databases, servers

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
QUEUES, HANDS = "money,default,mail", 2
OPEN = (Job.State.WAITING, Job.State.RUNNING)
LATER = {"key__endswith": ":placed"}
"""What is told only after two minutes, unless it was paid by then: nobody waits for it here."""


class Worker:
    """A Celery worker with its hands. Use as a context manager; ``kill`` and ``start`` are for accidents."""

    def __init__(self, broker: PrivateBroker, folder: Path, *arguments: str, **environment: str) -> None:
        application, owner = servers.accounts()
        name = connections["default"].settings_dict["NAME"]
        self._environment = {
            **os.environ,
            "SHOP_ENV": "demo",
            "SHOP_PROCESS": "worker",
            "DATA_DIR": str(servers.DATA_DIR),
            "DATABASE_URL": application.at(name),
            "DATABASE_OWNER_URL": owner.at(name),
            "REDIS_URL": broker.redis_url,
            clock.OFFSET: str(clock.ahead()),
            **environment,
        }
        celery = ["celery", "-A", "storefront.celery", "worker", "-Q", QUEUES, "-c", str(HANDS), "-l", "WARNING"]
        self._command = [sys.executable, "-m", "tests.support.shifted", "-m", *celery, *arguments]
        self._log = folder / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=databases.ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it and its hands at once, whatever they are doing."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()


@contextlib.contextmanager
def beside(run: Callable[[], object], stop: Callable[[], object]) -> Iterator[None]:
    """Run something in a thread of its own until the block ends, which it is told by ``stop``."""

    def work() -> None:
        try:
            run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(30)


@contextlib.contextmanager
def ringing() -> Iterator[None]:
    """Keep a relay at work in this process, at the broker that the application's settings name now."""
    loop = relay.Relay()
    with beside(loop.run, loop.stop):
        yield


def end_leases() -> int:
    """Let every lease run out, where all workers are dead: the next sweep gives their jobs to others."""
    return Job.objects.filter(state=Job.State.RUNNING).update(leased_until=LONG_AGO)


def open_jobs() -> Any:
    return Job.objects.filter(state__in=OPEN).exclude(**LATER)
