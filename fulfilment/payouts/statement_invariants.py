"""What must be true of statements: they say what the ledger says, to the centime, and their papers stay."""

from collections.abc import Iterable, Iterator
from itertools import islice

from catalogue.kernel.invariants import invariant
from fulfilment.documents.keeping import altered

from . import queries
from .models import Payout, StatementPaper
from .statements import Statement

AT_A_TIME = 200


@invariant("payouts: a statement's lines and its sums come to what was paid, to the centime")
def statements_tie_to_the_ledger() -> Iterable[object]:
    """Its lines are read off the ledger; what was paid, and taken for advances, was written by the run."""
    for payout, statement in _statements():
        lines = sum(line.to_receive_mad for line in statement.lines)
        if not payout.amount_mad + payout.deducted_mad == lines == sum_of(statement):
            yield payout


@invariant("payouts: a statement's paper is the one that was kept")
def papers_are_whole() -> Iterable[object]:
    return altered(StatementPaper)


def sum_of(statement: Statement) -> object:
    """Add up what a statement says in its first rows, before anything is taken for advances."""
    sold_mad = statement.sold_mad - statement.deducted_mad - statement.taken_back_mad
    return sold_mad + statement.returned_mad + statement.advanced_mad


def _statements() -> Iterator[tuple[Payout, Statement]]:
    sent = Payout.objects.filter(state__in=Payout.SENT).select_related("run").order_by("pk")
    found = sent.iterator(chunk_size=AT_A_TIME)
    while payouts := list(islice(found, AT_A_TIME)):
        statements = queries.statements_of(payouts)
        yield from ((payout, statements[payout.pk]) for payout in payouts)
