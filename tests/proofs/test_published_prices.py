"""Every price in force, bought any number of times: its parts are what is paid."""

import pytest

from catalogue.pricing.models import Price
from fulfilment.orders.breakdown import Sold, break_down, percents

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue_data]


@pytest.mark.parametrize("quantity", [1, 7, 500])
def test_every_published_price_breaks_down_to_itself_in_each_currency_and_side(quantity):
    wrong, seen = [], set()
    for row in Price.objects.iterator():
        found = break_down([Sold("Atlas", quantity, row.parts)], currency=row.currency)
        seen.add((row.currency, row.side))
        if found.total != row.price * quantity or sum(percents(share.amount for share in found.shares)) != 100:
            wrong.append(row.pk)

    assert (wrong, len(seen)) == ([], 6)
