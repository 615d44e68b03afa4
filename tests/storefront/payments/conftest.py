"""An order from France that waits for its card."""

import pytest

from tests.factories.orders import open_deliveries, place_order, stock

from .support import FRANCE


@pytest.fixture
def order(bank):
    open_deliveries()
    return place_order((stock("120.00", in_stock=2), 2), shopping=FRANCE, email="jeanne@example.org")
