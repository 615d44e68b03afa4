"""Reads of the ledger. Balances are sums: none is kept, so none can be wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from catalogue.kernel.money import ZERO, from_minor
from catalogue.kernel.periods import CASABLANCA

from .models import Account, Entry, Line
from .policies import AccountKey, Leg, NewEntry, Source, Stands
from .policies import accounts as codes
from .policies.accounts import PAYABLE

CHUNK = 500


@dataclass(frozen=True)
class Balance:
    """What stands on an account: a debit positive, a credit negative."""

    account: Account
    amount: Decimal

    @property
    def debit(self) -> Decimal | None:
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True)
class TrialBalance:
    """Every account of one currency; ``debit`` and ``credit`` are equal, or the ledger is broken."""

    currency: str
    balances: tuple[Balance, ...]

    @property
    def debit(self) -> Decimal:
        return sum((balance.debit for balance in self.balances if balance.debit), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((balance.credit for balance in self.balances if balance.credit), ZERO)

    @property
    def by_code(self) -> "TrialBalance":
        """The same with the accounts of all cooperatives summed into one row."""
        sums: dict[str, Balance] = {}
        for balance in self.balances:
            before = sums.get(balance.account.code)
            sums[balance.account.code] = Balance(balance.account, balance.amount + (before.amount if before else ZERO))
        return TrialBalance(self.currency, tuple(sums.values()))

    @property
    def is_even(self) -> bool:
        return self.debit == self.credit


def account_ids(keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """Return the rows of these accounts, those that are open (one query)."""
    keys = set(keys)
    rows = Account.objects.filter(code__in={key.code for key in keys}).values_list(
        "code", "currency", "cooperative_id", "pk"
    )
    cooperatives = {key.cooperative_id for key in keys}
    rows = rows.filter(Q(cooperative=None) | Q(cooperative__in=cooperatives))
    found = {AccountKey(code, currency, cooperative or 0): pk for code, currency, cooperative, pk in rows}
    return {key: found[key] for key in keys & found.keys()}


def legs_of(entry: Entry) -> tuple[Leg, ...]:
    """Return an entry as it was handed in (one query)."""
    return tuple(map(as_leg, entry.lines.select_related("account").order_by("pk")))


def as_leg(line: Line) -> Leg:
    account = line.account
    key = AccountKey(account.code, account.currency, account.cooperative_id or 0)
    return Leg(key, line.amount_minor, line.order_line)


def find(source: str, external_id: str) -> Entry | None:
    """Return the entry of an event, if it was written."""
    return Entry.objects.filter(source=source, external_id=external_id).first()


def still_held(order_number: str, memo: str) -> list[Entry]:
    """Return the entries of an order's money that is with us and not ours, by the payment it came with."""
    held = Entry.objects.filter(source=Source.HELD, order_number=order_number, memo=memo, reversed_by=None)
    return list(held.order_by("pk"))


def same_legs(one: Iterable[Leg], other: Iterable[Leg]) -> bool:
    """Tell whether two lists hold the same legs, in any order."""
    return Counter(one) == Counter(other)


def not_as_expected(entries: Iterable[NewEntry]) -> Iterator[str]:
    """Name what is missing from the ledger or stands there otherwise, of entries that should (3 queries a chunk)."""
    waiting = iter(entries)
    while chunk := list(islice(waiting, CHUNK)):
        names = Entry.objects.filter(external_id__in=[entry.external_id for entry in chunk])
        standing = {
            (row.source, row.external_id): row
            for row in names.filter(source__in={entry.source for entry in chunk}).prefetch_related("lines__account")
        }
        for entry in chunk:
            row = standing.get((entry.source.value, entry.external_id))
            if row is None:
                yield f"{entry.name}: no entry"
            elif row.order_number != entry.order_number or not same_legs(map(as_leg, row.lines.all()), entry.legs):
                yield f"{entry.name}: another entry"


def of_order(order_number: str) -> QuerySet[Entry]:
    """An order's entries with their lines, in time order (two queries)."""
    entries = Entry.objects.filter(order_number=order_number).exclude(order_number="")
    return entries.prefetch_related("lines__account__cooperative").order_by("occurred_at", "pk")


def balance_of(account: AccountKey) -> Decimal:
    """Return what stands on one account; nothing when it was never opened."""
    lines = Line.objects.filter(
        account__code=account.code,
        account__currency=account.currency,
        account__cooperative=account.cooperative_id or None,
    )
    return from_minor(lines.aggregate(total=Sum("amount_minor"))["total"] or 0)


def payable_lines(order_number: str) -> frozenset[int]:
    """Return the order lines that a delivery made payable (one query)."""
    delivered = Line.objects.filter(entry__order_number=order_number, entry__source=Source.DELIVERY)
    lines = delivered.filter(entry__reversed_by=None, account__code=PAYABLE, order_line__isnull=False)
    return frozenset(line for line in lines.values_list("order_line", flat=True) if line is not None)


def taken_back(order_number: str, code: str, source: Source) -> dict[tuple[int, int], int]:
    """Return what refunds or disputes, less those that were reversed, moved on one account: by cooperative and line."""
    told = Q(entry__source=source) | Q(entry__reverses__source=source)
    lines = Line.objects.filter(told, entry__order_number=order_number, account__code=code)
    rows = lines.order_by().values_list("account__cooperative", "order_line").annotate(total=Sum("amount_minor"))
    return {(cooperative, line): total for cooperative, line, total in rows if total}


def balances_by_cooperative(code: str) -> dict[int, Decimal]:
    """Return what stands on each cooperative's account of this code; those at nothing are left out."""
    rows = Line.objects.filter(account__code=code).order_by().values_list("account__cooperative")
    return {pk: from_minor(total) for pk, total in rows.annotate(total=Sum("amount_minor")) if total}


def trial_balance(until: datetime | None = None) -> list[TrialBalance]:
    """Return every account that was used, by currency, with what stands on it before an instant (two queries)."""
    lines = Line.objects.order_by()
    if until is not None:
        lines = lines.filter(entry__occurred_at__lt=until)
    totals = dict(lines.values_list("account").annotate(total=Sum("amount_minor")))
    by_currency: dict[str, list[Balance]] = {}
    accounts = Account.objects.select_related("cooperative").order_by("currency", "code", "cooperative__name", "pk")
    for account in accounts:
        if account.pk in totals:
            balances = by_currency.setdefault(account.currency, [])
            balances.append(Balance(account, from_minor(totals[account.pk])))
    return [TrialBalance(currency, tuple(balances)) for currency, balances in by_currency.items()]


@dataclass(frozen=True)
class DutyMonth:
    """The stamp duty of one month: what fell due, what refunds took back, what the office bore of the rest."""

    month: date
    due: Decimal
    taken_back: Decimal
    borne_by_office: Decimal

    @property
    def to_declare(self) -> Decimal:
        return self.due - self.taken_back


def stamp_duty_by_month() -> list[DutyMonth]:
    """Return the months in which stamp duty was booked, the newest first (one query)."""
    of_duty = Q(account__code=codes.STAMP_DUTY)
    lines = Line.objects.filter(account__code__in=[codes.STAMP_DUTY, codes.STAMP_DUTY_BORNE]).order_by()
    months = lines.values(month=TruncMonth("entry__occurred_at", tzinfo=CASABLANCA)).annotate(
        due=Sum("amount_minor", filter=of_duty & Q(amount_minor__lt=0), default=0),
        taken_back=Sum("amount_minor", filter=of_duty & Q(amount_minor__gt=0), default=0),
        borne=Sum("amount_minor", filter=~of_duty, default=0),
    )
    return [
        DutyMonth(row["month"].date(), from_minor(-row["due"]), from_minor(row["taken_back"]), from_minor(row["borne"]))
        for row in months.order_by("-month")
    ]


def accounts_of(code: str, currency: str) -> list[Balance]:
    """Return the accounts of one code and currency with what stands on each: one, or one for each cooperative."""
    accounts = Account.objects.filter(code=code, currency=currency).select_related("cooperative")
    accounts = accounts.annotate(total=Sum("lines__amount_minor")).order_by("cooperative__name", "pk")
    return [Balance(account, from_minor(account.total or 0)) for account in accounts]


def lines_of(accounts: Iterable[Account]) -> QuerySet[Line]:
    """Return the lines of accounts with their entries, the newest first."""
    lines = Line.objects.filter(account__in=[account.pk for account in accounts])
    return lines.select_related("entry", "account__cooperative").order_by("-entry__occurred_at", "-pk")


def entry(pk: int) -> Entry | None:
    """Return an entry with its lines, and what it reverses or is reversed by."""
    found = Entry.objects.select_related("reverses", "reversed_by").filter(pk=pk)
    return found.prefetch_related("lines__account__cooperative").first()


OF_THE_SALE = (Source.SALE, Source.REFUND, Source.DELIVERY, Source.DISPUTE)
"""Events that say what a cooperative earned by an order line; a payout only pays it."""


def standing_of(order_number: str) -> list[Stands]:
    """Return what an order's sale owes for each line, and what refunds and disputes have left of it (one query)."""
    found: dict[Any, Counter[str]] = {}
    told = Q(entry__source__in=OF_THE_SALE) | Q(entry__reverses__source__in=OF_THE_SALE)
    rows = Line.objects.filter(
        told, entry__order_number=order_number, account__code__in=codes.OF_COOPERATIVES, order_line__isnull=False
    ).values_list("order_line", "account__cooperative_id", "account__code", "amount_minor")
    for order_line, cooperative_id, code, amount in rows:
        found.setdefault((order_line, cooperative_id), Counter())[code] -= amount
    return [
        Stands(line, cooperative_id, sums[codes.ACCRUED], sums[codes.PAYABLE])
        for (line, cooperative_id), sums in sorted(found.items())
    ]
