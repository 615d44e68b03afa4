"""The whole shop as its own processes, on a copy of the catalogue's database, for journeys."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from storefront.demo.processes import Process, environment, processes

from . import clock, databases, servers

START_LIMIT = 90


@dataclass
class LiveShop:
    """Addresses and processes of a running shop. ``kill`` and ``start`` are for tests about accidents."""

    url: str
    environment: dict[str, str]
    data_dir: Path
    specifications: dict[str, Process]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        wanted = self.specifications[name]
        with (self.data_dir / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.support.shifted", *wanted.arguments],
                cwd=databases.ROOT,
                env={**self.environment, **wanted.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """End a process and its children at once, as a power cut would."""
        self._signal(name, signal.SIGKILL)
        self.running.pop(name).wait(20)

    def stop_all(self) -> None:
        for name in self.running:
            self._signal(name, signal.SIGTERM)
        end = time.monotonic() + 15
        for name, process in self.running.items():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._signal(name, signal.SIGKILL)
                process.wait(10)

    def manage(self, *arguments: str, owner: bool = False) -> str:
        """Run a management command against this shop and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.shifted", "manage.py", *arguments],
            cwd=databases.ROOT,
            env={**self.environment, **({"SHOP_DATABASE_ROLE": "owner"} if owner else {})},
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout

    def log(self, name: str) -> str:
        path = self.data_dir / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_until_up(self) -> None:
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end:
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended at once:\n{self.log(name)[-3000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"The shop did not start:\n{self.log('web')[-3000:]}")

    def _signal(self, name: str, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(database: str, data_dir: Path, port: int) -> dict[str, str]:
    application, owner = servers.accounts()
    clock.offset()  # into os.environ: one clock for all of them
    return {
        **os.environ,
        **environment(port=port, stripe_port=free_port()),
        "SHOP_ENV": "demo",
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": application.at(database),
        "DATABASE_OWNER_URL": owner.at(database),
        "REDIS_URL": servers.redis_url(2 * servers.worker_number()),
        "CACHE_URL": servers.redis_url(2 * servers.worker_number() + 1),
        "SHOP_DATABASE_ROLE": "app",
    }


@pytest.fixture(scope="session")
def live_shop_processes(django_db_setup: None) -> Iterator[LiveShop]:
    """Start web, stand-in, relay and workers once for all journeys of a run."""
    database = f"test_{os.getpid()}_journeys"
    data_dir = servers.DATA_DIR / f"live-{servers.worker_number()}"
    data_dir.mkdir(parents=True, exist_ok=True)
    for old in data_dir.glob("*.log"):
        old.unlink()
    databases.copy("catalogue", database)
    port = free_port()
    wanted = {process.name: process for process in processes(port=port, web_workers=1) if process.name != "beat"}
    shop = LiveShop(f"http://127.0.0.1:{port}", _environment(database, data_dir, port), data_dir, wanted)
    try:
        shop.manage("collectstatic", "--noinput", "-v", "0")
        shop.manage("make_accounts")
        for name in wanted:
            shop.start(name)
        shop.wait_until_up()
        yield shop
    finally:
        shop.stop_all()
        databases.drop(database)


@pytest.fixture
def live_shop(live_shop_processes: LiveShop, django_db_blocker: DjangoDbBlocker) -> Iterator[LiveShop]:
    """The running shop; the ORM in the test sees its database, and nothing is rolled back."""
    entry = connections.settings["default"]
    before = entry["NAME"]
    connections.close_all()
    entry["NAME"] = live_shop_processes.environment["DATABASE_URL"].split("?")[0].rsplit("/", 1)[1]
    try:
        with django_db_blocker.unblock():
            yield live_shop_processes
            connections.close_all()
    finally:
        entry["NAME"] = before
