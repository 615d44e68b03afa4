"""Quotes, numbers and ways to pay. No database."""

from decimal import Decimal

import pytest

from fulfilment.orders.policies import (
    ALPHABET,
    Item,
    PricedItem,
    Quote,
    by_stockrecord,
    fold_number,
    may_cancel,
    may_follow,
    new_number,
)
from fulfilment.orders.ways_to_pay import payment_methods
from fulfilment.shipping.policies import Delivery, Load


def way(code="home", price="35.00", cash=True, limit="10000"):
    return Delivery(code, Decimal(price), "MAD", Decimal(price), 2, 4, cash, Decimal(limit) if limit else None)


def quote(price="120.00", quantity=2, currency="MAD", destination="MA", deliveries=(way(),), rate="1"):
    item = PricedItem(7, quantity, 1, Decimal(price), Decimal("20.00"), Decimal("80.00"), Load(450))
    return Quote(currency, destination, Decimal(rate), 1, (item,), deliveries)


@pytest.mark.parametrize(
    ("status", "parcels", "may"),
    [
        ("PENDING_PAYMENT", [], True),
        ("PAID", [], True),
        ("PREPARING", ["OPEN", "PICKED"], True),
        ("PREPARING", ["OPEN", "PACKED"], False),
        ("CONFIRMED", [], True),
        ("SHIPPED", ["HANDED_OVER"], False),
        ("EXPIRED", [], False),
    ],
)
def test_an_order_is_cancelled_until_something_is_packed(status, parcels, may):
    assert may_cancel(status, parcels) == may


def test_a_total_is_the_goods_and_the_delivery():
    assert quote().total(way()) == Decimal("275.00")


@pytest.mark.parametrize(
    "other",
    [quote(price="121.00"), quote(quantity=3), quote(currency="EUR"), quote(destination="FR")],
    ids=["price", "quantity", "currency", "destination"],
)
def test_a_fingerprint_changes_with_whatever_the_buyer_was_shown(other):
    assert quote().fingerprint(way()) != other.fingerprint(way())


def test_a_fingerprint_changes_with_the_delivery_and_stays_with_the_same_terms():
    assert quote().fingerprint(way()) != quote().fingerprint(way("express", "60.00"))
    assert quote().fingerprint(way()) == quote().fingerprint(way())


@pytest.mark.parametrize(
    ("terms", "delivery", "methods"),
    [
        (quote(), way(), ["cash", "card"]),
        (quote(), way(limit="274.99"), ["card"]),
        (quote(), way(limit="275.00"), ["cash", "card"]),
        (quote(), way(cash=False), ["card"]),
        (quote(currency="EUR"), way(), ["card"]),
        (quote(destination="FR"), way(), ["card"]),
        (quote(price="4.00", quantity=1), way(price="0.00"), ["cash"]),
    ],
)
def test_cash_is_for_dirhams_to_a_door_in_morocco_and_a_card_from_its_minimum(terms, delivery, methods):
    assert payment_methods(terms, delivery) == methods


LEAST = {"MAD": Decimal("500.00"), "EUR": Decimal("50.00")}
AT_HOME, NO_CASH = way(price="0.00", limit="1000.00"), way(price="0.00", cash=False)
POST = way("post_ems", price="0.00", cash=False)


@pytest.mark.parametrize(
    ("terms", "delivery", "hidden", "methods"),
    [
        # a card from ten dirhams, half a euro, half a dollar
        (quote("9.99", 1), AT_HOME, False, ["cash"]),
        (quote("10.00", 1), AT_HOME, False, ["cash", "card"]),
        (quote("9.99", 1), NO_CASH, False, []),
        (quote("0.49", 1, "EUR", "FR"), POST, False, []),
        (quote("0.50", 1, "EUR", "FR"), POST, False, ["card"]),
        (quote("0.49", 1, "USD", "US"), POST, False, []),
        (quote("0.50", 1, "USD", "US"), POST, False, ["card"]),
        # cash in dirhams, to a door in Morocco that is served, up to the courier's limit
        (quote("1000.00", 1), AT_HOME, False, ["cash", "card", "transfer"]),
        (quote("1000.01", 1), AT_HOME, False, ["card", "transfer"]),
        (quote("1000.00", 1), way(price="0.01", limit="1000.00"), False, ["card", "transfer"]),
        (quote("100000.00", 1), way(price="0.00", limit=None), False, ["cash", "card", "transfer"]),
        (quote("100.00", 1), NO_CASH, False, ["card"]),
        (quote("100.00", 1, "MAD", "FR"), AT_HOME, False, ["card"]),
        (quote("30.00", 1, "EUR", "MA"), AT_HOME, False, ["card"]),
        (quote("100.00", 1), AT_HOME, True, ["card"]),
        # a transfer from its least, in a currency with an account, wherever it goes and whoever sees prices
        (quote("499.99", 1), NO_CASH, False, ["card"]),
        (quote("500.00", 1), NO_CASH, False, ["card", "transfer"]),
        (quote("465.00", 1), way(cash=False), False, ["card", "transfer"]),
        (quote("500.00", 1), AT_HOME, True, ["card", "transfer"]),
        (quote("500.00", 1, "MAD", "FR"), POST, False, ["card", "transfer"]),
        (quote("49.99", 1, "EUR", "FR"), POST, False, ["card"]),
        (quote("50.00", 1, "EUR", "FR"), POST, False, ["card", "transfer"]),
        (quote("5000.00", 1, "USD", "US"), POST, False, ["card"]),
    ],
)
def test_each_way_to_pay_has_its_currency_place_and_amounts(terms, delivery, hidden, methods):
    assert payment_methods(terms, delivery, prices_hidden=hidden, transfer_from=LEAST) == methods


def test_numbers_are_ten_unmistakable_signs_and_not_repeated():
    numbers = {new_number() for _ in range(500)}

    assert len(numbers) == 500
    assert all(len(number) == 10 and set(number) <= set(ALPHABET) for number in numbers)


def test_a_number_is_read_as_people_type_it():
    assert fold_number(" zad2-m6rc rb") == "ZAD2M6RCRB"


@pytest.mark.parametrize(
    ("old", "new", "fits"),
    [
        ("PENDING_PAYMENT", "PAID", True),
        ("EXPIRED", "PAID", False),
        ("EXPIRED", "PENDING_PAYMENT", True),
        ("SHIPPED", "CANCELLED", False),
        ("DELIVERED", "PREPARING", False),
        ("PREPARING", "CANCELLED", True),
    ],
)
def test_an_order_moves_only_along_its_life(old, new, fits):
    assert may_follow(old, new) is fits


def test_quantities_of_one_stock_record_add_up():
    assert by_stockrecord([Item(1, 2), Item(2, 1), Item(1, 3)]) == {1: 5, 2: 1}
