"""What must always be true of the rows. ``manage.py prove_invariants`` asks every one.

An app keeps its own in ``invariants.py``::

    @invariant("prices: the parts add up")
    def prices_add_up() -> Iterable[object]:
        return Price.objects.exclude(...)
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.utils.module_loading import autodiscover_modules

Check = Callable[[], Iterable[object]]
_checks: dict[str, Check] = {}


def invariant(name: str) -> Callable[[Check], Check]:
    """Register a function that returns the rows that break this rule; none is what we want."""

    def register(check: Check) -> Check:
        if _checks.setdefault(name, check) is not check:
            raise ValueError(f"Two invariants are called {name!r}.")
        return check

    return register


def registered() -> dict[str, Check]:
    """Return every check by name, after loading each app's ``invariants`` module."""
    autodiscover_modules("invariants")
    return dict(sorted(_checks.items()))


def violations(limit: int = 20) -> Iterator[tuple[str, list[object]]]:
    """Ask each invariant and yield its name with the first rows that break it (often none)."""
    for name, check in registered().items():
        yield name, list(islice(check(), limit))
