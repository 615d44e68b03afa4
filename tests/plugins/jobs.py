"""Running jobs inside a test, through the same claim as a worker's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from fulfilment.jobs import registry, relay, runner
from fulfilment.jobs.policies import ATTEMPTS
from tests.fakes.broker import PrivateBroker, private_broker


@pytest.fixture
def run_jobs() -> Callable[..., int]:
    """Give a function that runs every due job, and those they cause, until none is due; it says how many it ran."""

    def run(limit: int = 500) -> int:
        started = 0
        while jobs := relay.take_due(timezone.now()):
            for job in jobs:
                runner.run(job.pk)
                started += 1
                assert started <= limit, f"More than {limit} jobs: {job.task} {job.key} and so on."
        return started

    return run


@pytest.fixture
def declare_job() -> Any:
    """Give a function that declares a job for the length of a test."""
    names: list[str] = []

    def declare(
        name: str,
        function: Callable[..., None],
        *,
        queue: str = "default",
        attempts: int = ATTEMPTS,
        in_transaction: bool = False,
    ) -> str:
        registry._declared[name] = registry.Declared(function, queue, attempts, in_transaction)
        names.append(name)
        return name

    yield declare
    for name in names:
        registry._declared.pop(name, None)


@pytest.fixture
def broker() -> Iterator[PrivateBroker]:
    """A broker of this test's own, which relays made in the test ring; it answers, or not, within a second."""
    with private_broker() as own:
        yield own
