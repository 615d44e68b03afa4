from datetime import date
from decimal import Decimal

import pytest

from fulfilment.reports.policies import Amount, MixedCurrencies, Sales, group, total

DAY = date(2026, 11, 20)


def sales(currency, amount, amount_mad, *, country="MA", day=DAY):
    ordered = Amount(currency, Decimal(amount), Decimal(amount_mad))
    return Sales(day=day, country=country, ordered=ordered, taken=Amount(currency), orders=1)


def test_amounts_of_two_currencies_are_refused_as_a_sum():
    with pytest.raises(MixedCurrencies):
        Amount("MAD", Decimal(10)) + Amount("EUR", Decimal(10))


def test_a_group_keeps_each_currency_apart_and_adds_only_dirhams():
    rows = [sales("MAD", "100.00", "100.00"), sales("EUR", "10.00", "108.00", country="FR"), sales("MAD", "1", "1")]

    everything = total(rows)

    assert everything.ordered == {
        "MAD": Amount("MAD", Decimal("101.00"), Decimal("101.00")),
        "EUR": Amount("EUR", Decimal("10.00"), Decimal("108.00")),
    }
    assert everything.ordered_mad == Decimal("209.00")
    assert everything.orders == 3


def test_group_puts_rows_together_by_what_the_key_reads():
    rows = [sales("MAD", "1", "1"), sales("EUR", "1", "10.8", country="FR"), sales("USD", "1", "9.3", country="FR")]

    by_country = group(rows, lambda row: row.country)

    assert [(name, found.orders) for name, found in by_country.items()] == [("MA", 1), ("FR", 2)]


def test_the_total_of_no_rows_is_nothing():
    assert (total([]).orders, total([]).ordered_mad) == (0, Decimal(0))
