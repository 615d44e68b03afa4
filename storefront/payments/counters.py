"""How many calls of the webhook were refused, and why. Kept in the shared cache: a flood of them writes no row."""

from django.core.cache import cache

REASONS = ("signature", "stale", "payload", "mode", "account", "size")


def _key(reason: str) -> str:
    return f"stripe-webhook-refused:{reason}"


def count_refused(reason: str) -> None:
    cache.add(_key(reason), 0, timeout=None)
    cache.incr(_key(reason))


def refused() -> dict[str, int]:
    """Return the counts since the cache was last emptied, by reason."""
    return {reason: cache.get(_key(reason)) or 0 for reason in REASONS}
