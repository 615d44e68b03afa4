"""Which payout a line of the bank's statement is about: by its reference, else by amount and account."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from .files.statement import Told
from .models import BankFileLine, Payout

Outcome, Why = BankFileLine.Outcome, BankFileLine.Why
OURS = "PAY-"
"""So begin the references that we give."""

Key = tuple[str, str, str, bool, Decimal, date]


@dataclass(frozen=True)
class Found:
    """What a line is: of which payout, and what it does or why it waits.

    ``fitting`` are those it may be about where one cannot be told from the others.
    """

    told: Told
    outcome: str
    payout: Payout | None = None
    why: str = ""
    fitting: tuple[Payout, ...] = ()

    @property
    def came_back_from(self) -> tuple[Payout, ...]:
        """The payouts whose account money came back from, whatever becomes of the line."""
        if not self.told.is_credit or self.outcome == Outcome.KNOWN:
            return ()
        return (self.payout,) if self.payout else self.fitting


def key_of(line: Told | BankFileLine) -> Key:
    """Name a line, so that it is known again in another statement.

    The bank gives the same reference to all of a batch: where no payout is named, the account tells them apart.
    """
    account = "" if line.end_to_end_id else rib_of(line.account)
    return line.reference, line.end_to_end_id, account, line.is_credit, line.amount, line.booked_on


def known(lines: Iterable[Told]) -> dict[Key, Payout]:
    """Return the lines of earlier statements that were about a payout, by what names them (one query)."""
    days = {line.booked_on for line in lines}
    told = BankFileLine.objects.filter(booked_on__in=days, outcome__in=(Outcome.SETTLED, Outcome.RETURNED))
    return {key_of(line): line.payout for line in told.select_related("payout") if line.payout}


def candidates(lines: Sequence[Told]) -> list[int]:
    """Return the payouts that lines may be about (one query)."""
    names = {line.end_to_end_id for line in lines if line.end_to_end_id}
    ribs = {rib_of(line.account) for line in lines if line.account and (line.is_return or not line.end_to_end_id)}
    sent = Q(rib__in=ribs, state__in=(Payout.State.EXPORTED, Payout.State.SETTLED), from_day__isnull=False)
    return list(Payout.objects.filter(Q(reference__in=names) | sent).order_by("pk").values_list("pk", flat=True))


def rib_of(account: str) -> str:
    """Return the Moroccan account inside an IBAN, or what was written."""
    account = account.replace(" ", "").upper()
    return account[4:] if account.startswith("MA") else account


class Matcher:
    """Says of one line after another what it is; a payout that one line settled is not settled by the next."""

    def __init__(self, payouts: Iterable[Payout], known: dict[Key, Payout]) -> None:
        self.by_reference = {payout.reference: payout for payout in payouts}
        self.states = {payout.pk: payout.state for payout in self.by_reference.values()}
        self.known = known

    def find(self, told: Told) -> Found | None:
        """Say what a line is; nothing when it is about no payout."""
        if told.amount <= 0:
            return None
        if payout := self.known.get(key_of(told)):
            return self._told_before(told, payout)
        found = self._named(told)
        if found is None:
            return None
        if found.outcome in (Outcome.SETTLED, Outcome.RETURNED) and found.payout:
            self.states[found.payout.pk] = found.outcome
            if told.reference or not told.end_to_end_id:
                self.known[key_of(told)] = found.payout
        return found

    def _told_before(self, told: Told, payout: Payout) -> Found:
        """A line that nothing names may be a second one like the first: a person says which."""
        if told.reference or told.end_to_end_id:
            return Found(told, Outcome.KNOWN, payout)
        return Found(told, Outcome.HELD, payout, Why.RETURNED if told.is_credit else Why.TWICE)

    def _named(self, told: Told) -> Found | None:
        if told.end_to_end_id:
            payout = self.by_reference.get(told.end_to_end_id)
            if payout is not None:
                return self._judged(told, payout)
            if told.end_to_end_id.startswith(OURS):
                return Found(told, Outcome.HELD, why=Why.UNKNOWN)
            if not told.is_return:
                return None
        return self._fitting(told)

    def _fitting(self, told: Told) -> Found | None:
        """Say what a line is by its account and amount; one that came back and fits nothing waits for a person."""
        awaited = (Payout.State.EXPORTED, Payout.State.SETTLED) if told.is_credit else (Payout.State.EXPORTED,)
        rib = rib_of(told.account)
        to_it = [one for one in self.by_reference.values() if one.rib and one.rib == rib]
        fitting = [one for one in to_it if one.amount_mad == told.amount and self.states[one.pk] in awaited]
        if len(fitting) == 1:
            return self._judged(told, fitting[0])
        if fitting:
            return Found(told, Outcome.HELD, why=Why.SEVERAL, fitting=tuple(fitting))
        return Found(told, Outcome.HELD, why=Why.UNKNOWN, fitting=tuple(to_it)) if told.is_return else None

    def _judged(self, told: Told, payout: Payout) -> Found:
        state = self.states[payout.pk]
        why = ""
        if state not in Payout.SENT:
            why = Why.NOT_SENT
        elif state == Payout.State.RETURNED:
            why = Why.RETURNED
        elif payout.amount_mad != told.amount:
            why = Why.OTHER_AMOUNT
        elif state == Payout.State.SETTLED and not told.is_credit:
            why = Why.TWICE
        if why:
            return Found(told, Outcome.HELD, payout, why)
        return Found(told, Outcome.RETURNED if told.is_credit else Outcome.SETTLED, payout)
