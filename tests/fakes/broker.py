"""A real Valkey of a test's own, to be stopped, frozen and emptied."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from fulfilment.jobs.broker import application
from storefront.demo.services import valkey
from storefront.demo.services.layout import Layout


@contextmanager
def private_broker() -> Iterator["PrivateBroker"]:
    """Give a broker that relays made meanwhile ring; it answers, or not, within a second."""
    conf = application().conf
    before = conf.broker_url, conf.broker_transport_options
    with PrivateBroker() as own:
        conf.broker_url = own.celery_url
        conf.broker_transport_options = {**before[1], "socket_timeout": 1, "socket_connect_timeout": 1}
        try:
            yield own
        finally:
            conf.broker_url, conf.broker_transport_options = before


class PrivateBroker:
    """Use as a context manager."""

    def __init__(self) -> None:
        self._layout = Layout.at(tempfile.mkdtemp(prefix="broker-"))

    @property
    def path(self) -> str:
        return str(self._layout.valkey_socket)

    @property
    def celery_url(self) -> str:
        return f"redis+socket://{self.path}?virtual_host=0"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.path}?db=0"

    def start(self) -> None:
        valkey.start(self._layout, fast=True)

    def stop(self) -> None:
        """Stop it; without a file on disk it forgets everything, as a lost machine would."""
        self.thaw()
        valkey.stop(self._layout)

    def freeze(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        if pid := valkey.running(self._layout):
            os.kill(pid, signal.SIGCONT)

    def empty(self) -> None:
        self._client().flushall()

    def waiting(self, queue: str = "default") -> int:
        return self._client().llen(queue)

    @property
    def _pid(self) -> int:
        pid = valkey.running(self._layout)
        assert pid, "the broker does not run"
        return pid

    def _client(self) -> "redis.Redis[Any]":
        return redis.Redis.from_url(self.redis_url)

    def __enter__(self) -> "PrivateBroker":
        for folder in (self._layout.data_dir, self._layout.valkey, self._layout.sockets):
            folder.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()
        shutil.rmtree(self._layout.data_dir, ignore_errors=True)
