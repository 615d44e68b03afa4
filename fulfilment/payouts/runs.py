"""Reads of payout runs: what they hold, what of it may no longer be paid, and the least that is paid."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Sum

from catalogue.banking.mandates import receivers
from catalogue.banking.models import BankAccount
from catalogue.kernel.money import ZERO
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import Source

from . import owing, policies
from .models import BankFile, BankFileLine, Payout, PayoutMinimum, PayoutRun

OWN_LEG = Q(lines__ledger_line__entry__source=Source.PAYOUT, lines__ledger_line__entry__external_id=F("reference"))
"""A payout's own leg, among those it covers."""


def minimum_on(day: date) -> Decimal:
    """Return the least that was paid on a day; nothing while nobody decided."""
    row = PayoutMinimum.objects.filter(from_day__lte=day).first()
    return row.amount_mad if row else ZERO


def runs() -> QuerySet[PayoutRun]:
    """Every run with how many cooperatives it pays and how much, the newest first."""
    found = PayoutRun.objects.annotate(cooperatives=Count("payouts"), amount_mad=Sum("payouts__amount_mad"))
    return found.select_related("run_by").order_by("-run_at", "-pk")


def payouts_of(run: PayoutRun) -> QuerySet[Payout]:
    return Payout.objects.filter(run=run).select_related("cooperative", "run").order_by("pk")


def looked_at(run: PayoutRun) -> QuerySet[Payout]:
    """The payouts of a run as whoever approves it should see them: ``on_new_account`` is one never paid before, first.

    An account was paid before when a payment of an earlier run to it went through.
    """
    before = Payout.objects.filter(state=Payout.State.SETTLED, run__lt=run).exclude(rib="").values("rib")
    is_new = ExpressionWrapper(~Q(rib="") & ~Q(rib__in=before), output_field=BooleanField())
    found = Payout.objects.filter(run=run).select_related("cooperative", "run", "account__cooperative")
    return found.annotate(on_new_account=is_new).order_by("-on_new_account", "pk")


def paid_before(ribs: Iterable[str]) -> set[str]:
    """Return those of these accounts to which a payment went through (one query)."""
    return set(Payout.objects.filter(state=Payout.State.SETTLED, rib__in=ribs).values_list("rib", flat=True))


def content(run: PayoutRun) -> Iterator[str]:
    """Write down all that a run pays and to whom, in one order, as its fingerprint is taken of it (one query)."""
    yield "|".join(map(str, (run.reference, run.cycle, run.from_day, run.until_day, run.currency, run.pay_on)))
    payouts = Payout.objects.filter(run=run).order_by("reference")
    legs = ArrayAgg("lines__ledger_line", filter=~OWN_LEG, order_by="lines__ledger_line")
    for payout in payouts.annotate(legs=legs).iterator(chunk_size=500):
        what = (payout.reference, payout.cooperative_id, f"{payout.amount_mad:.2f}", payout.currency)
        to = (payout.method, payout.rib, payout.holder)
        less = (f"-{payout.deducted_mad:.2f}",) if payout.deducted_mad else ()
        yield "|".join(map(str, (*what, *to, ",".join(map(str, payout.legs or ())), *less)))


def fingerprint(run: PayoutRun) -> str:
    return policies.fingerprint(content(run))


def held(run: PayoutRun, now: datetime) -> list[str]:
    """Name the payouts of a run that may not be paid by now.

    Something is disputed or coming back, the account is blocked, or who receives has the mandate no longer.
    """
    covered = LedgerLine.objects.filter(payout_line__payout__run=run)
    frozen = owing.with_standing(covered).filter(Q(disputed=True) | Q(withdrawn=True))
    legs = owing.legs(covered.filter(order_line__in=list(frozen.values_list("order_line", flat=True))))
    due = {leg.ledger_line for leg in policies.due(legs, run.cut_off_at)}
    waiting = {leg.cooperative_id for leg in legs if leg.ledger_line not in due}
    for_others = Payout.objects.filter(run=run, account__isnull=False).exclude(account__cooperative=F("cooperative"))
    received = dict(for_others.values_list("cooperative", "account__cooperative"))
    mandates = receivers(received, now)
    waiting |= {member for member, receiver in received.items() if mandates.get(member) != receiver}
    of_them = Q(cooperative__in=waiting) | Q(account__state=BankAccount.State.BLOCKED)
    return list(Payout.objects.filter(of_them, run=run).order_by("reference").values_list("reference", flat=True))


def bank_files() -> QuerySet[BankFile]:
    """Every statement of the bank with how many lines of it wait, the newest first."""
    waiting = Count("lines", filter=Q(lines__outcome="HELD", lines__closed_at=None))
    settled = Count("lines", filter=Q(lines__outcome="SETTLED"))
    returned = Count("lines", filter=Q(lines__outcome="RETURNED"))
    found = BankFile.objects.annotate(waiting=waiting, settled=settled, returned=returned)
    return found.select_related("taken_in_by").order_by("-taken_in_at", "-pk")


def waiting_lines() -> QuerySet[BankFileLine]:
    """Lines of the bank that wait for a person, the oldest first."""
    return BankFileLine.objects.filter(outcome="HELD", closed_at=None).select_related("file", "payout").order_by("pk")
