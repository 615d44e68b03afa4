"""Reads of the ledger. Balances are sums: none is kept, so none can be wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from catalogue.kernel.money import ZERO, from_minor
from catalogue.kernel.periods import Period

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


def number_after(source: str, name: str) -> int:
    """Return the number of the next event of this name, from one: the names of its entries all begin so."""
    return Entry.objects.filter(source=source, external_id__startswith=name).count() + 1


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


def earned_by(order_number: str) -> dict[int, dict[int, int]]:
    """Return what each order line that was delivered earned, in centimes, by line and cooperative (one query)."""
    delivered = Line.objects.filter(entry__order_number=order_number, entry__source=Source.DELIVERY)
    lines = delivered.filter(entry__reversed_by=None, account__code=PAYABLE, order_line__isnull=False)
    earned: dict[int, dict[int, int]] = {}
    for line, cooperative, amount in lines.values_list("order_line", "account__cooperative", "amount_minor"):
        if line is not None and cooperative is not None:
            of_line = earned.setdefault(line, {})
            of_line[cooperative] = of_line.get(cooperative, 0) - amount
    return earned


def taken_back(order_number: str, code: str) -> dict[Source, dict[tuple[int, int], int]]:
    """Return what refunds and what disputes moved on one account, less what was reversed: by cooperative and line."""
    taken: dict[Source, dict[tuple[int, int], int]] = {Source.REFUND: {}, Source.DISPUTE: {}}
    lines = Line.objects.annotate(cause=Coalesce("entry__reverses__source", "entry__source")).order_by()
    found = lines.filter(cause__in=taken, entry__order_number=order_number, account__code=code)
    rows = found.values_list("cause", "account__cooperative", "order_line")
    for cause, cooperative, line, total in rows.annotate(total=Sum("amount_minor")):
        if total:
            taken[Source(cause)][cooperative, line] = total
    return taken


def balances_by_cooperative(code: str) -> dict[int, Decimal]:
    """Return what stands on each cooperative's account of this code; those at nothing are left out."""
    rows = Line.objects.filter(account__code=code).order_by().values_list("account__cooperative")
    return {pk: from_minor(total) for pk, total in rows.annotate(total=Sum("amount_minor")) if total}


def trial_balance(at: date | None = None) -> list[TrialBalance]:
    """Return every account that was used, by currency, with what stands in the books at a day's end (two queries)."""
    lines = Line.objects.order_by()
    if at is not None:
        lines = lines.filter(entry__booked_on__lte=at)
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
    months = _duty_lines().order_by().values(month=TruncMonth("entry__booked_on")).annotate(**DUTY)
    return [_duty(row["month"], dict(row)) for row in months.order_by("-month")]


def duty_of(period: Period) -> DutyMonth:
    """Return the stamp duty booked in a month (one query)."""
    lines = _duty_lines().filter(entry__booked_on__gte=period.from_day, entry__booked_on__lt=period.until_day)
    return _duty(period.from_day, lines.aggregate(**DUTY))


OF_DUTY = Q(account__code=codes.STAMP_DUTY)
DUTY = {
    "due": Sum("amount_minor", filter=OF_DUTY & Q(amount_minor__lt=0), default=0),
    "back": Sum("amount_minor", filter=OF_DUTY & Q(amount_minor__gt=0), default=0),
    "borne": Sum("amount_minor", filter=~OF_DUTY, default=0),
}


def _duty_lines() -> QuerySet[Line]:
    return Line.objects.filter(account__code__in=[codes.STAMP_DUTY, codes.STAMP_DUTY_BORNE])


def _duty(month: date, sums: dict[str, Any]) -> DutyMonth:
    return DutyMonth(month, from_minor(-sums["due"]), from_minor(sums["back"]), from_minor(sums["borne"]))


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
