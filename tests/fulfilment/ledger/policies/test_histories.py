"""Any history of sales, refunds, deliveries, disputes, fees, remittances, conversions and payouts adds up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.kernel.money import from_minor
from fulfilment.ledger import policies
from fulfilment.ledger.policies import AccountKey, Discount, Earned, Leg, Refund, Sale, Stands
from tests.support.soak import examples

from .test_sales import sold_line

RATES = {"MAD": "1", "EUR": "10.803700", "USD": "9.317900"}
COOPERATIVES = (1, 2, 3)
cents = st.integers(1, 50_000).map(from_minor)


@st.composite
def sold_lines(draw, currency, order_line):
    farm_gate = draw(st.integers(0, 30_000).map(from_minor))
    vat = draw(st.sampled_from(["0", "10", "20"]))
    margin = draw(st.integers(0, 20_000).map(from_minor))
    price = (farm_gate * (1 + Decimal(vat) / 100)).quantize(Decimal("0.01")) + margin + Decimal("0.50")
    side = draw(st.sampled_from(["home", "export"]))
    quantity = draw(st.integers(1, 7))
    line = sold_line(
        order_line,
        cooperative_id=draw(st.sampled_from(COOPERATIVES)),
        quantity=quantity,
        currency=currency,
        side=side,
        rate=RATES[currency],
        price_mad=str(price),
        farm_gate=str(farm_gate),
        vat=vat,
    )
    if draw(st.booleans()):
        return line
    amount = from_minor(draw(st.integers(1, max(1, int(line.gross * 100) // 3))))
    tax = (amount * line.unit_tax / line.unit_price).quantize(Decimal("0.01"))
    borne = from_minor(draw(st.integers(0, int(line.farm_gate_mad * quantity * 100) // 4)))
    return sold_line(
        order_line,
        cooperative_id=line.cooperative_id,
        quantity=quantity,
        currency=currency,
        side=side,
        rate=RATES[currency],
        price_mad=str(price),
        farm_gate=str(farm_gate),
        vat=vat,
        discounts=(Discount(amount, tax, borne),),
    )


@st.composite
def sales(draw):
    currency = draw(st.sampled_from(["MAD", "EUR", "USD"]))
    method = draw(st.sampled_from(["card", "cash"])) if currency == "MAD" else "card"
    lines = tuple(draw(sold_lines(currency, number)) for number in range(1, draw(st.integers(1, 4)) + 1))
    delivery = draw(st.one_of(st.just(Decimal("0.00")), cents))
    delivery_tax = (delivery / 6).quantize(Decimal("0.01")) if draw(st.booleans()) else Decimal("0.00")
    return Sale(currency, method, lines, Decimal(RATES[currency]), delivery, delivery_tax)


@given(sales())
def test_a_sale_balances_in_each_currency_and_takes_in_what_was_paid(sold):
    legs = policies.sale(sold)

    assert set(policies.sums(legs).values()) <= {0}
    assert balance(legs, sold.paid_into) == sold.gross
    for cooperative in COOPERATIVES:
        owed = sum((line.owed_mad for line in sold.lines if line.cooperative_id == cooperative), Decimal(0))
        assert balance(legs, AccountKey("cooperatives.accrued", "MAD", cooperative)) == -owed


@given(sales())
def test_rounding_takes_half_a_cent_a_piece_at_most_and_nothing_in_dirhams(sold):
    rounded = balance(policies.sale(sold), AccountKey("expense.rounding"))

    pieces = sum(line.quantity for line in sold.lines)
    each_share = Decimal("0.005") * 8 * (len(sold.lines) + 1)
    limit = 0 if sold.currency == "MAD" else pieces * Decimal("0.005") * sold.mad_per_unit + each_share
    assert abs(rounded) <= limit


@given(sales(), st.lists(st.lists(st.integers(0, 7), min_size=5, max_size=5), max_size=6))
def test_refund_after_refund_never_goes_above_and_ends_exactly_at_nothing(sold, rounds):
    sold = replace(sold, method="card")  # cash goes back from the bank, not from the courier
    written = list(policies.sale(sold))
    back = dict.fromkeys(sold.whole, Fraction(0))
    quantities = {line.order_line: line.quantity for line in sold.lines} | {None: 7}
    for pieces in rounds:
        wanted = {
            key: min(Fraction(piece, quantities[key]), 1 - back[key]) for key, piece in zip(back, pieces, strict=False)
        }
        legs = policies.refund(sold, Refund(wanted, already=dict(back)))
        assert set(policies.sums(legs).values()) <= {0}
        written += legs
        back = {key: back[key] + wanted.get(key, 0) for key in back}
        assert 0 <= balance(written, sold.paid_into) <= sold.gross

    written += policies.refund(sold, Refund({key: 1 - taken for key, taken in back.items()}, already=back))

    assert policies.merged(leg_without_line(written)) == ()


@dataclass
class World:
    """What happens outside, counted in plain sums beside the ledger."""

    legs: list[Leg] = field(default_factory=list)
    clearing: Counter[str] = field(default_factory=Counter)
    courier: Decimal = Decimal(0)
    bank: Counter[str] = field(default_factory=Counter)
    owed: Counter[int] = field(default_factory=Counter)
    open: list[tuple[Sale, set[int]]] = field(default_factory=list)

    def sell(self, sold: Sale) -> None:
        self.legs += policies.sale(sold)
        self.take_in(sold, sold.gross)
        for line in sold.lines:
            self.owed[line.cooperative_id] += line.owed_mad
        self.open.append((sold, set()))

    def take_in(self, sold: Sale, amount: Decimal) -> None:
        if sold.method == "cash":
            self.courier += amount
        else:
            self.clearing[sold.currency] += amount

    def deliver(self, which: int) -> None:
        sold, delivered = self.open[which]
        lines = [line for line in sold.lines if line.order_line not in delivered]
        self.legs += policies.delivered(Earned(line.order_line, line.cooperative_id, line.owed_mad) for line in lines)
        delivered.update(line.order_line for line in lines)

    def take_back(self, which: int) -> None:
        """Refund a whole sale, once."""
        sold, delivered = self.open.pop(which)
        method = "transfer" if sold.method == "cash" else "card"
        self.legs += policies.refund(sold, Refund(sold.whole, delivered=frozenset(delivered), method=method))
        (self.bank if method == "transfer" else self.clearing)[sold.currency] -= sold.gross
        for line in sold.lines:
            self.owed[line.cooperative_id] -= line.owed_mad

    def fee(self, currency: str, amount: Decimal) -> None:
        self.legs += policies.provider_fee(amount, currency, Decimal(RATES[currency]))
        self.clearing[currency] -= amount

    def dispute(self, currency: str, amount: Decimal, won: bool) -> None:
        withdrawn = policies.dispute_withdrawn(amount, currency)
        self.legs += withdrawn
        self.legs += (
            policies.opposite(withdrawn) if won else policies.dispute_lost(amount, currency, Decimal(RATES[currency]))
        )
        self.clearing[currency] -= 0 if won else amount

    def charge_back(self, which: int, portion: Fraction) -> None:
        """Lose a part of a sale to a dispute, and let its cooperatives bear their share."""
        sold, delivered = self.open.pop(which)
        self.dispute(sold.currency, from_minor(max(1, int(int(sold.gross * 100) * portion))), won=False)
        stands = []
        for line in sold.lines:
            owed = int(line.owed_mad * 100)
            where = (0, owed) if line.order_line in delivered else (owed, 0)
            stands.append(Stands(line.order_line, line.cooperative_id, *where))
            self.owed[line.cooperative_id] -= from_minor(int(owed * portion))
        self.legs += policies.charged_back(stands, portion)

    def bring_home(self, currency: str, amount: Decimal) -> None:
        self.legs += policies.provider_paid_out(amount, currency)
        self.clearing[currency] -= amount
        self.bank[currency] += amount
        if currency != "MAD":
            in_mad = (amount * Decimal("10.5")).quantize(Decimal("0.01"))
            self.legs += policies.conversion(amount, currency, in_mad)
            self.bank[currency] -= amount
            self.bank["MAD"] += in_mad

    def remit(self, amount: Decimal) -> None:
        self.legs += policies.cash_remitted(amount)
        self.courier -= amount
        self.bank["MAD"] += amount

    def pay(self, cooperative: int, amount: Decimal, returned: bool) -> None:
        paid = policies.payout(cooperative, amount)
        self.legs += paid
        if returned:
            self.legs += policies.opposite(paid)
            return
        self.legs += policies.payout_settled(amount)
        self.bank["MAD"] -= amount
        self.owed[cooperative] -= amount


currencies = st.sampled_from(["MAD", "EUR", "USD"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), sales()),
        st.tuples(st.just("deliver"), st.integers(0, 5)),
        st.tuples(st.just("take_back"), st.integers(0, 5)),
        st.tuples(st.just("fee"), currencies, cents),
        st.tuples(st.just("dispute"), currencies, cents, st.booleans()),
        st.tuples(st.just("charge_back"), st.integers(0, 5), st.fractions(0, 1, max_denominator=99)),
        st.tuples(st.just("bring_home"), currencies, cents),
        st.tuples(st.just("remit"), cents),
        st.tuples(st.just("pay"), st.sampled_from(COOPERATIVES), cents, st.booleans()),
    ),
    max_size=25,
)


@settings(max_examples=examples(100))
@given(steps)
def test_any_history_adds_up(told):
    world = World()
    for name, *arguments in told:
        if name in ("deliver", "take_back", "charge_back") and arguments[0] >= len(world.open):
            continue
        getattr(world, name)(*arguments)

    assert set(policies.sums(world.legs).values()) <= {0}
    assert balance(world.legs, AccountKey("clearing.courier")) == world.courier
    for currency in RATES:
        assert balance(world.legs, AccountKey("clearing.card", currency)) == world.clearing[currency]
        assert balance(world.legs, AccountKey("bank", currency)) == world.bank[currency]
    assert balance(world.legs, AccountKey("clearing.payouts")) == 0
    for cooperative in COOPERATIVES:
        stands = sum(
            balance(world.legs, AccountKey(code, "MAD", cooperative))
            for code in ("cooperatives.accrued", "cooperatives.payable")
        )
        assert -stands == world.owed[cooperative]


def balance(legs: Iterable[Leg], account: AccountKey) -> Decimal:
    return from_minor(sum(leg.amount_minor for leg in legs if leg.account == account))


def leg_without_line(legs: Iterable[Leg]) -> list[Leg]:
    return [Leg(leg.account, leg.amount_minor) for leg in legs]
