"""Taking in a statement of the bank: each line about a payout settles it, returns it, or waits for a person."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalogue.kernel import sheets
from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import day_of, start_of
from fulfilment.payouts import accounts, matching
from fulfilment.payouts.files import camt053, tables
from fulfilment.payouts.files.statement import NotAStatement, Statement
from fulfilment.payouts.matching import Found
from fulfilment.payouts.models import BankFile, BankFileLine

from .exporting import debtor
from .settling import Settled, bring_back, lock_payouts, settle

Outcome = BankFileLine.Outcome


class KnownFile(Exception):
    """This file was taken in before. ``file`` is that one."""

    def __init__(self, file: BankFile) -> None:
        self.file = file
        super().__init__(_("This file was taken in before; nothing was written twice."))


class AlreadyClosed(Exception):
    """Someone saw to this line before, or it waits for nobody."""


def take_in(*, name: str, content: bytes, by: Any, now: datetime) -> BankFile:
    """Read the bank's statement (camt.053, or a table) and do what its lines say, all of it or nothing.

    It is read with nothing locked. Raises ``KnownFile``, ``NotAStatement`` (another account, sums that do not add up),
    ``TableRefused`` or ``NoAccount``; nothing is kept then.
    """
    if len(content) > sheets.LARGEST:
        raise NotAStatement(_("The file is larger than 10 MiB. Split it into several."))
    iban = debtor().iban
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    kind = BankFile.Kind.CAMT053 if is_xml else BankFile.Kind.CSV
    statement = camt053.read(content, iban) if is_xml else tables.read(content, iban)
    sha256 = hashlib.sha256(content).hexdigest()
    if known := BankFile.objects.filter(sha256=sha256).first():
        raise KnownFile(known)
    file = BankFile(
        name=name[-120:],
        kind=kind,
        sha256=sha256,
        statement=statement.name,
        opening=statement.opening,
        closing=statement.closing,
        account=iban,
        first_day=min((line.booked_on for line in statement.lines), default=day_of(now)),
        last_day=max((line.booked_on for line in statement.lines), default=day_of(now)),
        taken_in_at=now,
        taken_in_by=by,
    )
    try:
        with transaction.atomic():
            _apply(file, statement)
    except IntegrityError:
        if known := BankFile.objects.filter(sha256=sha256).first():
            raise KnownFile(known) from None
        raise
    return file


def _apply(file: BankFile, statement: Statement) -> None:
    """Keep a file and do what it says. Locks the runs and the payouts it names, in key order."""
    by, now = file.taken_in_by, file.taken_in_at
    payouts = lock_payouts(matching.candidates(statement.lines))
    matcher = matching.Matcher(payouts, matching.known(statement.lines))
    found = [(number, matcher.find(told)) for number, told in enumerate(statement.lines, start=1)]
    told = [(number, one) for number, one in found if one is not None]
    file.others = len(found) - len(told)
    file.save(force_insert=True)
    BankFileLine.objects.bulk_create(_line(file, number, one) for number, one in told)
    _settle([one for _number, one in told], by, now)


def _line(file: BankFile, number: int, found: Found) -> BankFileLine:
    told = asdict(found.told)
    del told["is_return"]
    return BankFileLine(file=file, number=number, outcome=found.outcome, why=found.why, payout=found.payout, **told)


def _settle(found: Sequence[Found], by: Any, now: datetime) -> None:
    """Settle first: a payment may go out and come back in one statement.

    An account that money came back from is not paid to any more, whether a person still has to see to the line or not.
    """
    through = [
        Settled(one.payout, start_of(one.told.booked_on), one.told.proof)
        for one in found
        if one.outcome == Outcome.SETTLED and one.payout
    ]
    if through:
        settle(through, by=by, now=now)
    accounts.hold(payout for one in found for payout in one.came_back_from)
    for one in found:
        if one.outcome == Outcome.RETURNED and one.payout:
            at = start_of(one.told.booked_on)
            bring_back(one.payout, reason=one.told.reason or _("returned by the bank"), at=at, by=by, now=now)
        elif one.outcome == Outcome.HELD:
            for payout in one.came_back_from:
                accounts.block(payout, reason=one.told.reason or _("Money came back from it."), now=now)


@transaction.atomic
def close_line(*, line_id: int, why: str, by: Any, now: datetime) -> BankFileLine:
    """Note how a line that waited was seen to; it moves no money. Raises ``AlreadyClosed``."""
    line = lock_one(BankFileLine.objects.filter(pk=line_id))
    if line.outcome != Outcome.HELD or line.closed_at:
        raise AlreadyClosed
    return close(line, why=why, by=by, now=now)


def close(line: BankFileLine, *, why: str, by: Any, now: datetime) -> BankFileLine:
    """Write down that a line waits no more; it is locked by the caller, in whose transaction this is."""
    line.closed_at, line.closed_by, line.closed_why = now, by, why[:200]
    line.save(update_fields=["closed_at", "closed_by", "closed_why"])
    return line
