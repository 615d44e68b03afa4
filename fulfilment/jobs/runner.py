"""Runs one claimed job. Nothing of an attempt whose lease ran out is kept."""

import logging
import traceback

import structlog
from django.db import transaction
from django.utils import timezone

from . import operations, registry

logger = logging.getLogger(__name__)


def run(job_id: int) -> bool:
    """Claim, work, finish; a failure is written to the row. True when this call did the work."""
    claim = operations.claim(job_id=job_id, now=timezone.now())
    if claim is None:
        return False  # done, early, or with another worker: the broker may ring as often as it likes
    with structlog.contextvars.bound_contextvars(job_id=job_id, task=claim.task):
        try:
            _work(claim)
        except operations.LeaseLost as lost:
            logger.warning("%s", lost)
            return False
        except Exception as error:  # the one place where any fault of any job ends: in its row
            logger.warning("Attempt %d of %s failed: %r", claim.attempts, claim.task, error)
            _fail(claim)
            return False
    return True


def _work(claim: operations.Claim) -> None:
    declared = registry.find(claim.task)
    if declared.in_transaction:
        with transaction.atomic():
            declared.function(**claim.payload)
            operations.finish(claim=claim, now=timezone.now())
    else:
        declared.function(**claim.payload)
        operations.finish(claim=claim, now=timezone.now())


def _fail(claim: operations.Claim) -> None:
    try:
        operations.fail(claim=claim, error=traceback.format_exc(), now=timezone.now())
    except operations.LeaseLost as lost:
        logger.warning("%s", lost)
