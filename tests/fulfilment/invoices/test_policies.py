from decimal import Decimal

from fulfilment.invoices.policies import Amount, Taxed, by_rate


def test_tax_is_added_up_by_rate_and_what_bears_none_is_left_out():
    amounts = [
        Amount(Decimal("100.00"), Decimal("20.00"), Decimal(20)),
        Amount(Decimal("50.00"), Decimal("5.00"), Decimal(10)),
        Amount(Decimal("30.00"), Decimal("6.00"), Decimal(20)),
        Amount(Decimal("70.00"), Decimal("0.00"), Decimal(0)),
    ]

    assert by_rate(amounts) == [
        Taxed(Decimal(10), Decimal("50.00"), Decimal("5.00")),
        Taxed(Decimal(20), Decimal("130.00"), Decimal("26.00")),
    ]
