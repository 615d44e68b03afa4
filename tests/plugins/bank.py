"""The bank that takes cards, and where the shop delivers: for tests that pay."""

from collections.abc import Iterator

import pytest

from storefront.demo.stripe.server import StandIn
from tests.factories.bank import open_bank
from tests.factories.orders import open_deliveries


@pytest.fixture
def bank() -> Iterator[StandIn]:
    with open_bank() as server:
        yield server


@pytest.fixture
def deliveries(db: None) -> None:
    open_deliveries()
