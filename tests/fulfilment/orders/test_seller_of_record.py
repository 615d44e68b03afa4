"""An order line says for ever in whose name it was sold."""

from datetime import date

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.pricing.models import SellerOfRecord
from fulfilment.orders.models import Line
from tests.factories.orders import copy_line, open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db


def sells_itself(cooperative):
    SellerOfRecord.objects.create(
        cooperative=cooperative, seller="cooperative", valid_from=date(2026, 1, 1), written_at=timezone.now()
    )
    cooperative.tax_statuses.create(status="exempt_below_10m", valid_from=date(2026, 1, 1), written_at=timezone.now())


def test_an_order_line_copies_the_seller_of_its_price():
    open_deliveries()
    record = stock("120.00")

    place_order((record, 1))
    sells_itself(record.partner)  # changes nothing before the next list
    place_order((record, 1))

    assert list(Line.objects.values_list("seller_of_record", flat=True)) == ["office", "office"]


def test_what_an_exempt_cooperative_sells_itself_bears_no_tax_on_the_order():
    open_deliveries()
    record = stock("120.00")
    sells_itself(record.partner)
    other = stock("60.00", cooperative=record.partner)  # publishes again, with the new seller

    order = place_order((other, 2))

    line = order.lines.get()
    assert (line.seller_of_record, line.price.tax_status) == ("cooperative", "exempt_below_10m")
    assert line.line_price_incl_tax == line.line_price_excl_tax
    assert [name for name, rows in violations() if rows and name.startswith("orders")] == []


def test_a_line_that_names_another_seller_than_its_price_is_found():
    open_deliveries()
    place_order()
    copy_line(seller_of_record="cooperative")

    assert "orders: each line was sold at its published price" in [name for name, rows in violations() if rows]
