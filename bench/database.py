"""A database of a bench's own: a copy of the tests' empty one, dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_database() -> Iterator[str]:
    """Point Django at a fresh copy for the time of the bench, and give its name."""
    from django.db import connections

    from tests.support import databases, servers

    servers.start()
    name = f"test_{os.getpid()}_bench"
    try:
        databases.copy("empty", name)
        connections.settings["default"]["NAME"] = name
        yield name
    finally:
        connections.close_all()
        databases.drop(name)
        servers.stop()
