"""Writing entries: the only way into the ledger. Nothing is ever changed; a mistake is reversed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from catalogue.kernel.events import OutsideTransaction
from catalogue.kernel.locks import advisory_lock

from . import chart, policies, queries
from .models import Account, Entry, Line
from .policies import AccountKey, Leg, NewEntry, Source

BATCH = 1000
BOOKS = "ledger.books"
"""The lock that everyone who adds an entry shares until their transaction ends; the database takes it for them."""


class EntryDiffers(Exception):
    """This event was written already, and it said something else."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"ledger entry {name} stands and says something else")


class ReversalReversed(Exception):
    """A reversal is not itself reversed: write the entry again under a name of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"ledger entry {name} is a reversal")


def post(entry: NewEntry, *, now: datetime) -> Entry:
    """Write an entry in the caller's transaction, the one that causes the money event.

    The same event again gives the entry that stands, or raises ``EntryDiffers``; of two at once the second waits for
    the first. Opens accounts as it needs them. Raises ``Unbalanced``, ``NotInChart`` or ``OutsideTransaction``.
    """
    return _post(entry, now, reverses=None)


def post_many(entries: Iterable[NewEntry], *, now: datetime) -> int:
    """Write many entries that are not there yet, in a fixed number of statements a thousand; return how many."""
    entries = list(entries)
    _check(entries)
    accounts = _accounts({leg.account for entry in entries for leg in entry.legs})
    written = Entry.objects.bulk_create([_row(entry, now) for entry in entries], batch_size=BATCH)
    lines = [line for row, entry in zip(written, entries, strict=True) for line in _lines(row, entry.legs, accounts)]
    Line.objects.bulk_create(lines, batch_size=BATCH)
    return len(written)


def reverse(*, entry_id: int, reason: str, now: datetime, at: datetime | None = None) -> Entry:
    """Take an entry back, line by line, with the reason as its memo. A second call gives the first's entry.

    ``at`` is when that happened where it is not now. Raises ``ReversalReversed``.
    """
    entry = Entry.objects.get(pk=entry_id)
    name = f"{entry.source}:{entry.external_id}"
    if entry.reverses_id:
        raise ReversalReversed(name)
    opposite = NewEntry(
        source=Source.REVERSAL,
        external_id=name,
        legs=policies.opposite(queries.legs_of(entry)),
        occurred_at=at or now,
        memo=reason[:200],
        order_number=entry.order_number,
    )
    return _post(opposite, now, reverses=entry)


def hold_books() -> None:
    """Wait until no entry is being written, and let none be until this transaction ends. Keep it short."""
    advisory_lock(BOOKS)


def _post(entry: NewEntry, now: datetime, *, reverses: Entry | None) -> Entry:
    _check([entry])
    accounts = _accounts({leg.account for leg in entry.legs})
    row, is_new = _claim(_row(entry, now, reverses))
    if is_new:
        Line.objects.bulk_create(_lines(row, entry.legs, accounts))
    elif not _says(row, entry, reverses):
        raise EntryDiffers(entry.name)
    return row


def _check(entries: Sequence[NewEntry]) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("Post inside the transaction that moves the money.")
    for entry in entries:
        policies.check(entry)


def _claim(row: Entry) -> tuple[Entry, bool]:
    """Take the event's name, or find who has it. One that stands has lines; ours has none yet."""
    Entry.objects.bulk_create([row], ignore_conflicts=True)
    standing = Entry.objects.get(source=row.source, external_id=row.external_id)
    return standing, not standing.lines.exists()


def _says(row: Entry, entry: NewEntry, reverses: Entry | None) -> bool:
    """Tell whether an entry that stands says what is to be written; when it was, and its memo, may differ."""
    same = (row.order_number, row.reverses_id) == (entry.order_number, reverses.pk if reverses else None)
    return same and queries.same_legs(queries.legs_of(row), entry.legs)


def _row(entry: NewEntry, now: datetime, reverses: Entry | None = None) -> Entry:
    return Entry(
        source=entry.source.value,
        external_id=entry.external_id,
        memo=entry.memo,
        order_number=entry.order_number,
        legs=len(entry.legs),
        occurred_at=entry.occurred_at,
        posted_at=now,
        reverses=reverses,
    )


def _lines(row: Entry, legs: Iterable[Leg], accounts: dict[AccountKey, int]) -> list[Line]:
    return [
        Line(
            entry=row,
            account_id=accounts[leg.account],
            currency=leg.currency,
            amount_minor=leg.amount_minor,
            order_line=leg.order_line,
        )
        for leg in legs
    ]


def _accounts(keys: set[AccountKey]) -> dict[AccountKey, int]:
    """Return the accounts' rows by key, opening in key order those that are not there yet."""
    found = queries.account_ids(keys)
    missing = sorted(keys - found.keys())
    if not missing:
        return found
    Account.objects.bulk_create([_new_account(key) for key in missing], ignore_conflicts=True)
    return queries.account_ids(keys)


def _new_account(key: AccountKey) -> Account:
    rule = chart.rule_of(key)
    return Account(
        code=key.code,
        currency=key.currency,
        cooperative_id=key.cooperative_id or None,
        kind=rule.kind,
        name=chart.plain_name(rule),
    )
