"""How many calls of webhook and callback were refused, and why. In the shared cache: a flood of them writes no row."""

from django.core.cache import cache

REASONS = ("signature", "stale", "payload", "mode", "account", "size")
ACQUIRER_REASONS = ("signature", "stale", "payload", "merchant", "size")


STRIPE, ACQUIRER = "stripe-webhook-refused", "acquirer-callback-refused"


def count_refused(reason: str, who: str = STRIPE) -> None:
    cache.add(f"{who}:{reason}", 0, timeout=None)
    cache.incr(f"{who}:{reason}")


def refused(who: str = STRIPE) -> dict[str, int]:
    """Return the counts since the cache was last emptied, by reason."""
    reasons = REASONS if who == STRIPE else ACQUIRER_REASONS
    return {reason: cache.get(f"{who}:{reason}") or 0 for reason in reasons}
