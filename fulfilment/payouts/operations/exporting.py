"""Sending an approved run: its files are made once and kept, and its payments are booked as under way."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import events
from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import day_of
from catalogue.places.queries import closed_days
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.payouts import accounts, booking, owing, policies, runs, signals
from fulfilment.payouts.files import pain001, tables
from fulfilment.payouts.models import Payable, Payout, PayoutFile, PayoutLine, PayoutRun

from .deciding import ContentChanged, NotNow, locked, refuse_held
from .events import note

State = PayoutRun.State
AGENCY, CHEQUE = "cash_at_agency", "cheque"


class NoAccount(Exception):
    """No account is set from which transfers are made."""

    def __init__(self) -> None:
        super().__init__(_("The account that payouts are made from is not set (PAYOUT_ACCOUNT)."))


@dataclass(frozen=True)
class Written:
    """A file before it is kept."""

    kind: str
    name: str
    content: bytes
    payouts: Sequence[Payout]


def export(*, run_id: int, by: Any, now: datetime) -> list[PayoutFile]:
    """Make the files of an approved run, keep them, and book its payouts as under way; again, it gives the kept ones.

    Files are written and checked with nothing locked; then one transaction locks the run, makes sure that it still is
    what was approved, and keeps all of it. Raises ``NotNow``, ``ContentChanged``, ``HeldMeanwhile``, ``NoAccount`` or
    ``NotValid``.
    """
    run = PayoutRun.objects.get(pk=run_id)
    if run.state not in (State.APPROVED, State.EXPORTED, State.CLOSED):
        raise NotNow(run)
    if run.state == State.APPROVED:
        executes_on = policies.pay_day(max(run.pay_on or day_of(now), day_of(now)), closed_days())
        _keep(run_id, _written(run, executes_on, now), executes_on, by, now)
    return list(PayoutFile.objects.filter(run=run_id))


@transaction.atomic
def _keep(run_id: int, written: Sequence[Written], executes_on: date, by: Any, now: datetime) -> None:
    run = locked(run_id, State.APPROVED, State.EXPORTED, State.CLOSED)
    if run.state != State.APPROVED:
        return
    if runs.fingerprint(run) != run.approved_sha256:
        raise ContentChanged
    _hold(run)
    refuse_held(run, now)
    run.state, run.exported_at, run.exported_by, run.executes_on = State.EXPORTED, now, by, executes_on
    run.save(update_fields=["state", "exported_at", "exported_by", "executes_on"])
    PayoutFile.objects.bulk_create(_file(run, one, now) for one in written)
    run.payouts.update(state=Payout.State.EXPORTED)
    _book(run, now)
    note(run, "exported", at=now, by=by)
    for payout in run.payouts.exclude(method=policies.TRANSFER).order_by("pk"):
        events.announce(signals.payout_ready, payout_id=payout.pk)


def _hold(run: PayoutRun) -> None:
    """Lock the accounts that are paid to, then what is covered: a block or a dispute comes before this, or after."""
    accounts.hold(run.payouts.only("account"))
    covered = LedgerLine.objects.filter(payout_line__payout__run=run, order_line__isnull=False)
    payables = Payable.objects.filter(order_line__in=covered.values("order_line")).order_by("pk")
    list(payables.select_for_update(no_key=True).values_list("pk", flat=True))  # very many: no rows are built


def _book(run: PayoutRun, now: datetime) -> None:
    payouts = list(runs.payouts_of(run))
    booking.send(payouts, now=now)
    own = owing.own_lines(payouts)
    PayoutLine.objects.bulk_create(PayoutLine(payout=one, ledger_line_id=own[one.reference]) for one in payouts)


def _file(run: PayoutRun, one: Written, now: datetime) -> PayoutFile:
    return PayoutFile(
        run=run,
        kind=one.kind,
        name=one.name,
        content=one.content,
        sha256=hashlib.sha256(one.content).hexdigest(),
        payouts=len(one.payouts),
        amount_mad=sum((payout.amount_mad for payout in one.payouts), ZERO),
        made_at=now,
    )


def _written(run: PayoutRun, executes_on: date, now: datetime) -> list[Written]:
    payouts = list(runs.payouts_of(run).select_related("cooperative__province", "account"))
    by_method = {method: [one for one in payouts if one.method == method] for method in {p.method for p in payouts}}
    found, name = [], run.reference
    if transfers := by_method.get(policies.TRANSFER):
        xml = pain001.write(
            transfers,
            message=run.reference,
            debtor=debtor(),
            executes_on=executes_on,
            made_at=now,
            version=settings.PAYOUT_PAIN_VERSION,
        )
        found.append(Written(PayoutFile.Kind.PAIN001, f"{name}.xml", xml, transfers))
        found.append(
            Written(PayoutFile.Kind.TRANSFERS, f"{name}.csv", tables.transfers(transfers, executes_on), transfers)
        )
    for method, kind in ((AGENCY, PayoutFile.Kind.AGENCY), (CHEQUE, PayoutFile.Kind.CHEQUES)):
        if listed := by_method.get(method):
            found.append(Written(kind, f"{name}-{kind}.csv", tables.by_hand(listed, executes_on), listed))
    return found


def debtor() -> pain001.Debtor:
    """Return the account that payouts are made from, or raise ``NoAccount``."""
    if settings.PAYOUT_ACCOUNT is None:
        raise NoAccount
    _bank, holder, iban, bic = settings.PAYOUT_ACCOUNT
    return pain001.Debtor(holder, iban, bic)
