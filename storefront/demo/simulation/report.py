"""What a simulated year came to, read from its rows: where each centime of the sales went, and a digest to compare."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from catalogue.kernel import periods
from catalogue.kernel.money import MAD, ZERO, from_minor
from fulfilment.closing.models import Month
from fulfilment.ledger.models import Line
from fulfilment.ledger.policies import Source, accounts
from fulfilment.ledger.queries import trial_balance
from fulfilment.matching import queries as matching
from fulfilment.payments.models import PaymentAttempt, Refund
from fulfilment.payouts.models import Payout

PARTS = {
    "commission": (accounts.COMMISSION, accounts.DISCOUNTS, accounts.STAMP_DUTY_BORNE, accounts.DISPUTES_LOST),
    "cooperatives": tuple(sorted(accounts.OF_COOPERATIVES)),
    "tax": (accounts.VAT, accounts.STAMP_DUTY),
    "shipping": (accounts.DELIVERY,),
    "fees": (accounts.COLLECTION, accounts.PACKING, accounts.TRANSPORT, accounts.PAYMENT),
    "rounding": (accounts.ROUNDING, accounts.CASH_ROUNDING),
}
"""Where what buyers paid goes. Commission is less what the office bears of it; fees are the parts of prices that pay
for work; rounding is what it costs.
"""


BESIDES = {
    "kept by the card provider": accounts.PROVIDER_FEES,
    "kept by couriers": accounts.COURIER_FEES,
    "lost to disputes": accounts.DISPUTES_LOST,
    "lost with parcels": accounts.PARCELS_LOST,
    "at couriers": accounts.COURIER_CASH,
    "payouts on their way": accounts.CLEARING_PAYOUTS,
    "owed to cooperatives": accounts.PAYABLE,
}


@dataclass(frozen=True)
class Report:
    """``sales`` by currency are what payments say came in less what went back; ``booked`` what the ledger says.

    ``sales_mad`` and ``parts_mad`` are the ledger's, in dirhams at each order's frozen rate; ``besides_mad`` is what
    stands on some accounts in the end, for a reader. ``unmatched`` counts by cause what the match of orders, payments,
    goods, ledger and bank finds to differ; ``locked`` how many months were signed twice.
    """

    sales: dict[str, Decimal]
    booked: dict[str, Decimal]
    sales_mad: Decimal
    parts_mad: dict[str, Decimal]
    besides_mad: dict[str, Decimal]
    unmatched: dict[str, int]
    locked: int
    digest: str

    @property
    def difference_mad(self) -> Decimal:
        return self.sales_mad - sum(self.parts_mad.values(), ZERO)

    @property
    def adds_up(self) -> bool:
        return self.sales == self.booked and self.difference_mad == ZERO and not self.unmatched


def read(*, first: date, last: date) -> Report:
    """Read the report of what stands in the books from the first day to the last."""
    of_sales = _of_sales()
    money = Q(account__code__in=(accounts.CLEARING_CARD, accounts.COURIER_CASH, accounts.BANK))
    in_mad = money & Q(currency=MAD) | Q(account__code__startswith="trading.", currency=MAD)
    by_code = _sums(of_sales, "account__code", currency=MAD)
    parts = {name: -sum((by_code.get(code, ZERO) for code in codes), ZERO) for name, codes in PARTS.items()}
    return Report(
        sales=_paid(),
        booked=dict(sorted(_sums(of_sales.filter(money), "currency").items())),
        sales_mad=sum(_sums(of_sales.filter(in_mad), "currency").values(), ZERO),
        parts_mad=parts,
        besides_mad=_besides(),
        unmatched=_unmatched(first, last),
        locked=Month.objects.filter(state=Month.State.LOCKED).count(),
        digest=_digest(first, last),
    )


def _unmatched(first: date, last: date) -> dict[str, int]:
    compared = matching.compare(since=periods.start_of(first), now=periods.start_of(last))
    return dict(Counter(cause for cause, _subject in compared.found))


def _of_sales() -> QuerySet[Line]:
    """Return the lines of sales and of what was given back, with what was reversed of them."""
    sources = (Source.SALE, Source.REFUND)
    return Line.objects.filter(Q(entry__source__in=sources) | Q(entry__reverses__source__in=sources)).order_by()


def _sums(lines: QuerySet[Line], name: str, **fields: str) -> dict[str, Decimal]:
    rows = lines.filter(**fields).values_list(name).annotate(sum=Sum("amount_minor"))
    return {key: from_minor(total) for key, total in rows}


def _besides() -> dict[str, Decimal]:
    standing = _sums(Line.objects.order_by(), "account__code", currency=MAD)
    found = {name: standing.get(code, ZERO) for name, code in BESIDES.items()}
    paid = Payout.objects.filter(state=Payout.State.SETTLED).aggregate(sum=Sum("amount_mad"))["sum"]
    return {**found, "paid to cooperatives": paid or ZERO}


def _paid() -> dict[str, Decimal]:
    """Add up what payments say: what came in, at doors too, less what went back or is to go."""
    paid: Counter[str] = Counter()
    came_in = PaymentAttempt.objects.filter(captured__gt=0).exclude(state=PaymentAttempt.State.QUARANTINED)
    standing = Refund.objects.exclude(state__in=(*Refund.NULL_STATES, Refund.State.ASKED))
    for sign, rows, amount in ((1, came_in, "captured"), (-1, standing, "amount")):
        for currency, total in rows.order_by().values_list("currency").annotate(total=Sum(amount)):
            paid[currency] += sign * total
    return {currency: paid[currency] for currency in sorted(paid)}


def _digest(first: date, last: date) -> str:
    """Take the SHA-256 of every account's balance at the end of each month, by codes that no key of a row is in."""
    return hashlib.sha256("\n".join(_balances(first, last)).encode()).hexdigest()


def _balances(first: date, last: date) -> Iterator[str]:
    month = periods.month(first)
    while month.from_day <= last:
        for currency in trial_balance(month.until_day - timedelta(days=1)):
            for one in currency.balances:
                whose = one.account.cooperative.code if one.account.cooperative else ""
                yield f"{month.from_day:%Y-%m} {one.account.code} {currency.currency} {whose} {one.amount}"
        month = periods.month(month.until_day)
