"""How a function becomes a job that workers run, and the jobs of this app itself."""

from collections.abc import Callable
from typing import TypeVar

from celery import shared_task
from django.utils import timezone

from . import operations, policies, registry, runner

Work = TypeVar("Work", bound=Callable[..., None])


def job(
    name: str, *, queue: str = "default", attempts: int = policies.ATTEMPTS, in_transaction: bool = False
) -> Callable[[Work], Work]:
    """Declare a function, called with its payload as keywords, as the job of this name.

    Running it twice must do no harm. With ``in_transaction`` its work and the job's end commit together,
    or not at all when another worker took over; a job that calls anything outside must not use it.
    """
    limit = int(policies.LIMITS[queue].total_seconds())

    def declare(function: Work) -> Work:
        registry.declare(name, registry.Declared(function, queue, attempts, in_transaction))

        @shared_task(name=name, time_limit=limit, soft_time_limit=limit * 4 // 5)
        def rung(job_id: int) -> None:
            runner.run(job_id)

        return function

    return declare


@job("fulfilment.jobs.canary")
def canary(*, name: str) -> None:
    """Prove that a queue's worker lives: what /readyz looks at."""
    operations.beat(name=name, now=timezone.now())


@job("fulfilment.jobs.canary_money", queue="money")
def canary_money(*, name: str) -> None:
    operations.beat(name=name, now=timezone.now())


@job("fulfilment.jobs.forget_old", queue="bulk")
def forget_old() -> None:
    operations.forget_old(now=timezone.now())
