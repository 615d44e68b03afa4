from datetime import UTC, datetime
from decimal import Decimal

import pytest

from fulfilment.ledger import chart, policies
from fulfilment.ledger.policies import AccountKey, Earned, NewEntry, Source

from .test_sales import balances

ATLAS = 1
EVENTS = {
    "delivered": (
        policies.delivered([Earned(10, ATLAS, Decimal("160.00")), Earned(11, ATLAS, Decimal("0.00"))]),
        {"cooperatives.accrued MAD 1": 160_00, "cooperatives.payable MAD 1": -160_00},
    ),
    "payout": (
        policies.payout(ATLAS, Decimal("160.00")),
        {"cooperatives.payable MAD 1": 160_00, "clearing.payouts MAD": -160_00},
    ),
    "payout that went through": (
        policies.payout_settled(Decimal("160.00")),
        {"clearing.payouts MAD": 160_00, "bank MAD": -160_00},
    ),
    "money held": (
        policies.money_held(Decimal("5.00"), "EUR"),
        {"clearing.card EUR": 5_00, "held EUR": -5_00},
    ),
    "fee in dirhams": (
        policies.provider_fee(Decimal("7.10"), "MAD"),
        {"expense.provider_fees MAD": 7_10, "clearing.card MAD": -7_10},
    ),
    "fee in euros": (
        policies.provider_fee(Decimal("0.52"), "EUR", Decimal("10.80")),
        {
            "clearing.card EUR": -52,
            "trading.eur EUR": 52,
            "trading.eur MAD": -5_62,
            "expense.provider_fees MAD": 5_62,
        },
    ),
    "provider's payout": (
        policies.provider_paid_out(Decimal("18.08"), "EUR"),
        {"bank EUR": 18_08, "clearing.card EUR": -18_08},
    ),
    "dispute": (
        policies.dispute_withdrawn(Decimal("18.60"), "EUR"),
        {"clearing.card EUR": -18_60, "clearing.disputes EUR": 18_60},
    ),
    "dispute lost": (
        policies.dispute_lost(Decimal("18.60"), "EUR", Decimal("10.80")),
        {
            "clearing.disputes EUR": -18_60,
            "trading.eur EUR": 18_60,
            "trading.eur MAD": -200_88,
            "expense.disputes_lost MAD": 200_88,
        },
    ),
    "dispute lost of held money": (
        policies.held_lost(Decimal("18.60"), "EUR"),
        {"clearing.disputes EUR": -18_60, "held EUR": 18_60},
    ),
    "cash": (
        policies.cash_remitted(Decimal("240.00")),
        {"bank MAD": 240_00, "clearing.courier MAD": -240_00},
    ),
    "transfer": (
        policies.transfer_received(Decimal("240.00"), "MAD"),
        {"bank MAD": 240_00, "clearing.transfer MAD": -240_00},
    ),
    "conversion": (
        policies.conversion(Decimal("18.08"), "EUR", Decimal("196.00")),
        {"bank EUR": -18_08, "trading.eur EUR": 18_08, "trading.eur MAD": -196_00, "bank MAD": 196_00},
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_moves_its_money_and_balances_in_each_currency(name):
    legs, expected = EVENTS[name]

    assert balances(legs) == expected
    assert set(policies.sums(legs).values()) == {0}


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_uses_accounts_of_the_chart(name):
    for leg in EVENTS[name][0]:
        assert chart.rule_of(leg.account).kind


def test_every_account_of_the_chart_is_one_of_the_codes_in_the_policies():
    codes = {value for name, value in vars(policies.accounts).items() if name.isupper() and isinstance(value, str)}

    assert set(chart.CHART) == codes - {"MAD"}


@pytest.mark.parametrize(
    "key", [AccountKey("cash.box"), AccountKey("tax.vat", "EUR"), AccountKey("trading.eur", "USD")]
)
def test_accounts_that_are_not_in_the_chart_are_refused(key):
    with pytest.raises(chart.NotInChart):
        chart.rule_of(key)


@pytest.mark.parametrize(
    "legs",
    [
        (),
        (policies.debit("bank", Decimal("1.00")),),
        (policies.debit("bank", Decimal("1.00")), policies.credit("tax.vat", Decimal("0.99"))),
        (policies.debit("bank", Decimal("1.00")), policies.credit("bank", Decimal("1.00"), "EUR")),
        (policies.debit("bank", Decimal("0.00")), policies.credit("tax.vat", Decimal("0.00"))),
    ],
)
def test_check_refuses_what_does_not_balance(legs):
    with pytest.raises(policies.Unbalanced):
        policies.check(NewEntry(Source.FEE, "1", legs, datetime(2026, 11, 20, tzinfo=UTC)))


def test_half_a_centime_is_refused():
    with pytest.raises(ValueError, match="not a whole number of cents"):
        policies.debit("bank", Decimal("0.005"))
