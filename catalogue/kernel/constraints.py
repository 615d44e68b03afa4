"""What the database refuses, in the words of the operation that asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction


def broken_by(error: BaseException) -> str:
    """Name the constraint that a refused statement would have broken, as the driver tells it; else an empty text."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


@contextmanager
def refused_as(refusal: Callable[[], Exception], *, constraint: str) -> Iterator[None]:
    """Write in a savepoint; where this constraint refuses it, raise what ``refusal`` makes once that is undone.

    Any other ``IntegrityError`` passes.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if broken_by(error) != constraint:
            raise
        raise refusal() from error
