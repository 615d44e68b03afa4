"""What every test stands on: real servers, a pinned clock, a fresh copy of a migrated database."""

import gc
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.test import TransactionTestCase
from django.utils import translation

from tests.support import clock as clocks
from tests.support import databases, servers
from tests.support.browser import browser, page  # noqa: F401
from tests.support.live import live_shop, live_shop_processes  # noqa: F401
from tests.support.races import run_together  # noqa: F401

pytest_plugins = ["tests.plugins.bank", "tests.plugins.jobs"]


def pytest_configure() -> None:
    settings.WHITENOISE_AUTOREFRESH = True  # look a file up when it is asked for: each test client would list them all


def pytest_sessionstart(session: pytest.Session) -> None:
    if session.config.option.collectonly:
        return
    servers.start()
    if not hasattr(session.config, "workerinput"):
        databases.drop_leftovers()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        servers.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "live_shop" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Make the templates that the chosen tests copy, before the first of them: its time would run out meanwhile.

    What is loaded by now stays: the garbage collector need not look through it again and again.
    """
    if session.config.option.collectonly:
        return
    gc.collect()
    gc.freeze()
    if any(item.get_closest_marker("django_db") or "live_shop" in item.fixturenames for item in session.items):
        databases.template("empty")
    if any(item.get_closest_marker("catalogue_data") or "live_shop" in item.fixturenames for item in session.items):
        databases.template("catalogue")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    catalogue = item.get_closest_marker("catalogue_data")
    fresh = catalogue is not None and catalogue.kwargs.get("fresh", False)
    databases.use("catalogue" if catalogue else "empty", fresh=fresh)
    translation.deactivate()  # the language that a test before asked in


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """Replace pytest-django's: the owner makes the database, the tests meet it as the application's role."""
    databases.use()
    TransactionTestCase._fixture_teardown = lambda self: databases.renew()  # a flush would lose what migrations wrote
    yield
    databases.drop_all()


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller]:
    """Set the clock to noon on 2026-11-20; journeys share one clock with the processes they talk to."""
    travel = clocks.shifted() if "live_shop" in request.fixturenames else clocks.pinned()
    with travel as coordinates:
        yield coordinates


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Forget limits and reference data of the test before."""
    for name in ("default", "local"):
        caches[name].clear()
