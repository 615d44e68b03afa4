"""The shared cache that counts tries. While Redis does not answer, each process counts in its own memory.

Signing in and buying go on then, with limits that are a little wider; nobody waits more than once for the dead server.
"""

import time
from typing import Any, ClassVar

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError, TimeoutError

log = structlog.get_logger(__name__)
PAUSE = 5.0  # seconds before Redis is asked again


class Limits(RedisCache):
    paused_until: ClassVar[float] = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._spare = LocMemCache("limits", {key: value for key, value in params.items() if key != "OPTIONS"})

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= Limits.paused_until:
            try:
                return getattr(super(), method)(*args, **kwargs)
            except (ConnectionError, TimeoutError) as error:
                Limits.paused_until = time.monotonic() + PAUSE
                log.warning("cache_not_answering", error=repr(error))
        return getattr(self._spare, method)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("has_key", *args, **kwargs)
