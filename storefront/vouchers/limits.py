"""How many wrong codes one basket, one address and one network may try in ten minutes."""

import ipaddress

from django.core.cache import caches

SECONDS = 10 * 60
MISSES = {"visitor": 20, "address": 20, "network": 60}
"""A network is a provider's street: many people behind a few addresses, so it may miss more often."""


class TooManyMisses(Exception):
    """So many wrong codes came from here that none is looked up for a while."""


def check(visitor: str, address: str) -> None:
    """Raise ``TooManyMisses`` when a limit is reached. Right codes are refused then, too: guessing learns nothing."""
    cache = caches["default"]
    for kind, name in _names(visitor, address).items():
        if (cache.get(_key(kind, name)) or 0) >= MISSES[kind]:
            raise TooManyMisses


def miss(visitor: str, address: str) -> None:
    """Count one wrong code."""
    cache = caches["default"]
    for kind, name in _names(visitor, address).items():
        if not cache.add(_key(kind, name), 1, SECONDS):
            try:
                cache.incr(_key(kind, name))
            except ValueError:  # it ran out between the two
                cache.set(_key(kind, name), 1, SECONDS)


def _names(visitor: str, address: str) -> dict[str, str]:
    names = {"visitor": visitor} if visitor else {}
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return names
    bits = 24 if found.version == 4 else 64
    network = ipaddress.ip_network(f"{found}/{bits}", strict=False)
    return names | {"address": str(found), "network": str(network)}


def _key(kind: str, name: str) -> str:
    return f"vouchers.miss.{kind}.{name}"
