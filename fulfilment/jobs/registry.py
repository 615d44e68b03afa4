"""Which jobs exist: every ``@job`` by name. Loaded in every process, so that a wrong name fails where it is written."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Declared:
    """One kind of job. ``in_transaction`` commits its work together with its end, so only database work may use it."""

    function: Callable[..., None]
    queue: str
    attempts: int
    in_transaction: bool


class UnknownJob(LookupError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"No job is called {name!r}: declare it with @job in its app's tasks.py.")


_declared: dict[str, Declared] = {}


def declare(name: str, what: Declared) -> None:
    known = _declared.setdefault(name, what)
    if known.function.__qualname__ != what.function.__qualname__:
        raise ValueError(f"Two jobs are called {name!r}.")
    _declared[name] = what


def find(name: str) -> Declared:
    try:
        return _declared[name]
    except KeyError:
        raise UnknownJob(name) from None


def names() -> list[str]:
    return sorted(_declared)
