"""How many codes that fit nothing someone at a counter may look for in ten minutes."""

from django.core.cache import caches

SECONDS, MISSES = 10 * 60, 10


def is_over(user_id: int) -> bool:
    return int(caches["default"].get(_key(user_id)) or 0) >= MISSES


def miss(user_id: int) -> None:
    """Count one code that fits nothing."""
    cache = caches["default"]
    if not cache.add(_key(user_id), 1, SECONDS):
        try:
            cache.incr(_key(user_id))
        except ValueError:  # it ran out between the two
            cache.set(_key(user_id), 1, SECONDS)


def _key(user_id: int) -> str:
    return f"counter.miss.{user_id}"
