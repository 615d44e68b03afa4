"""The only place that speaks to the broker. It rings: the message says which row to look at, nothing else."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

UNREACHABLE = (OperationalError, OSError)


class BrokerAway(Exception):
    """The broker does not answer. The rows wait; no attempt is used."""


@dataclass(frozen=True)
class Bell:
    """What is rung: which task, for which row, on which queue."""

    task: str
    job_id: int
    queue: str


def application() -> Celery:
    return import_string(settings.JOBS_CELERY_APP)


class Doorbell:
    """A connection to the broker that is made again after each fault."""

    def __init__(self) -> None:
        self._app = application()
        self._connection: Any = None
        self._producer: Any = None

    def ring(self, bells: Iterable[Bell]) -> Iterator[Bell]:
        """Publish one after the other, yielding each that the broker took; raises BrokerAway at the first it did not.

        A message that raised may still have arrived: claiming a row twice is refused, so nothing comes of it.
        """
        with self._reachable():
            for bell in bells:
                self._app.send_task(
                    bell.task, args=[bell.job_id], queue=bell.queue, producer=self._connected(), retry=False
                )
                yield bell

    def waiting(self, queue: str) -> int:
        """Count the messages in a queue that no worker has taken."""
        with self._reachable():
            channel = self._connected().channel
            return int(channel._size(queue))

    def close(self) -> None:
        if self._connection is not None:
            connection, self._connection, self._producer = self._connection, None, None
            with suppress(*UNREACHABLE):  # it may be broken already
                connection.release()

    def _connected(self) -> Any:
        if self._producer is None:
            self._connection = self._app.connection_for_write()
            self._producer = self._app.amqp.Producer(self._connection, auto_declare=False)
        return self._producer

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.close()
            if isinstance(error, (*UNREACHABLE, RedisError)):
                raise BrokerAway(str(error)) from error
            raise
