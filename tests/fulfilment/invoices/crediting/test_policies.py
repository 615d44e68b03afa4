from decimal import Decimal

import pytest

from fulfilment.invoices.crediting.policies import Pieces

D = Decimal


@pytest.mark.parametrize("amount", ["10.00", "0.02", "108.19", "0.00"])
@pytest.mark.parametrize("quantity", [1, 3, 7])
def test_all_pieces_in_any_order_come_to_the_whole_amount(amount, quantity):
    parts = [Pieces(number, 1, quantity).part_of(D(amount)) for number in range(quantity)]

    assert sum(parts) == D(amount) == Pieces(0, quantity, quantity).part_of(D(amount))
    assert all(part == part.quantize(D("0.01")) for part in parts)
