"""What must be true of the ledger, asked of the rows again: triggers can be switched off."""

from collections.abc import Iterable

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from catalogue.kernel.invariants import invariant
from catalogue.kernel.periods import CASABLANCA
from catalogue.kernel.roles import only_added_to

from . import policies, queries
from .models import Entry, Line

TABLES = ("ledger_account", "ledger_entry", "ledger_line")
FORBIDDEN = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
TRIGGERS = frozenset(
    {"ledger_entry_ends_whole", "ledger_entry_is_dated", "ledger_line_fits_its_entry"}
    | {f"{table}_never_changes" for table in TABLES}
)


@invariant("ledger: every entry adds up to nothing in each currency")
def entries_balance() -> Iterable[object]:
    sums = Line.objects.order_by().values_list("entry_id", "currency").annotate(total=Sum("amount_minor"))
    return sums.exclude(total=0)


@invariant("ledger: all accounts of a currency add up to nothing")
def trial_balance_is_even() -> Iterable[object]:
    return [balance.currency for balance in queries.trial_balance() if not balance.is_even]


@invariant("ledger: every entry has a source and all its lines, two at least")
def entries_are_whole() -> Iterable[object]:
    counted = Entry.objects.annotate(found=Count("lines"))
    return counted.filter(~Q(found=F("legs")) | Q(legs__lt=policies.LEAST_LEGS) | Q(source="") | Q(external_id=""))


@invariant("ledger: each line is in the currency of its account")
def lines_in_their_currency() -> Iterable[object]:
    return Line.objects.exclude(currency=F("account__currency"))


@invariant("ledger: a reversal is the exact opposite of what it reverses, which is no reversal")
def reversals_are_exact() -> Iterable[object]:
    reversals = Entry.objects.filter(reverses__isnull=False).select_related("reverses")
    for entry in reversals.prefetch_related("lines__account", "reverses__lines__account").iterator(chunk_size=500):
        taken_back = policies.opposite(map(queries.as_leg, entry.reverses.lines.all()))
        same = queries.same_legs(taken_back, map(queries.as_leg, entry.lines.all()))
        if entry.reverses.reverses_id or not same:
            yield entry


@invariant("ledger: nothing counts in the books before it happened")
def booked_when_it_happened() -> Iterable[object]:
    return Entry.objects.filter(booked_on__lt=TruncDate("occurred_at", tzinfo=CASABLANCA))


@invariant("ledger: the application's role can only read and add, and the triggers stand")
def kept() -> Iterable[object]:
    return only_added_to(dict.fromkeys(TABLES, FORBIDDEN), TRIGGERS)
