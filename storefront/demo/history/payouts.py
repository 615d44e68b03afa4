"""What cooperatives were paid in the told year: every run takes the same steps as at the office, by two people."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.db import connection

from catalogue.kernel import periods, progress, tables
from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import Period
from catalogue.people.models import User
from catalogue.places.queries import closed_days
from fulfilment.jobs.models import Job
from fulfilment.payouts import operations, policies
from fulfilment.payouts.files.tables import COLUMNS
from fulfilment.payouts.models import Payable, Payout, PayoutRun
from fulfilment.payouts.tasks import STATEMENT
from storefront.notifications.tasks import WRITE_PAYOUT_MESSAGE

SUBMITTED, APPROVED, SENT, BANK = (timedelta(hours=hours) for hours in (9, 11, 14, 10))
"""When the steps are taken: after the period's end, and after the beginning of the day of payment."""
ON_ACCOUNT = Decimal("9000000.00")
"""What the told account held before its first payment, MAD."""
RUNS = 100
"""So many at most, the last ones: a year has some ninety. The first of them pays what fell due before it."""


def pay(payables: Sequence[Payable], *, now: datetime) -> None:
    """Make every run of the past, from the first day on which something could be paid; the last one waits."""
    days = [begins_at for payable in payables if (begins_at := _payable_from(payable)) is not None]
    if not days:
        return
    with connection.cursor() as cursor:  # this transaction has just filled the tables: they have no statistics yet
        cursor.execute("SET LOCAL enable_nestloop = off")
    clerk, head = _person("Hind", "Caisse (fictional)"), _person("Driss", "Direction (fictional)")
    found = list(_periods(periods.day_of(min(days)), now))[-RUNS:]
    numbers, balance = count(1), ON_ACCOUNT
    for cycle, period in progress.bar(found, "Past payout runs", len(found)):
        run = operations.draft(cycle=cycle, period=period, now=period.ends_at + SUBMITTED, by=clerk, accounts_at=now)
        if run is None:
            continue
        operations.submit(run_id=run.pk, by=clerk, now=period.ends_at + SUBMITTED)
        if (cycle, period) != found[-1]:
            _send(run, clerk, head)
            balance = _end(run, clerk, next(numbers), balance, now)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")
    # Nobody is told today of what was paid months ago; a statement is put on paper when someone asks for it.
    Job.objects.filter(task__in=(STATEMENT, WRITE_PAYOUT_MESSAGE), attempts=0).delete()


def _payable_from(payable: Payable) -> datetime | None:
    """Say what the database did, of a row that was not read again."""
    known = (payable.withdrawal_ends_at, payable.money_in_at)
    return max(filter(None, known)) if all(known) else None


def _periods(first: date, now: datetime) -> Iterator[tuple[str, Period]]:
    """Return each cycle's periods that are over, in the order in which they ended."""
    found = []
    for cycle in policies.CYCLES:
        period = policies.period_of(cycle, first)
        while period.ends_at + SENT < now:
            found.append((cycle, period))
            period = policies.period_of(cycle, period.until_day)
    yield from sorted(found, key=lambda pair: (pair[1].until_day, pair[0]))


def _send(run: PayoutRun, clerk: User, head: User) -> None:
    run.refresh_from_db()
    operations.approve(run_id=run.pk, seen=run.content_sha256, by=head, now=run.cut_off_at + APPROVED)
    operations.export(run_id=run.pk, by=clerk, now=run.cut_off_at + SENT)


def _end(run: PayoutRun, clerk: User, number: int, balance: Decimal, now: datetime) -> Decimal:
    """Let the bank pay the day after, and others be fetched; what lies ahead is under way.

    Return what is left on the account: the next statement begins with it.
    """
    run.refresh_from_db()
    sent_on = run.executes_on or periods.day_of(now)
    day = policies.pay_day(sent_on + timedelta(days=1), closed_days())
    at = periods.start_of(day) + BANK
    if at > now:
        return balance
    payouts = list(run.payouts.order_by("pk"))
    if transfers := [payout for payout in payouts if payout.is_transfer]:
        content = _statement(transfers, balance, day, number)
        balance -= sum((payout.amount_mad for payout in transfers), ZERO)
        operations.take_in(name=f"releve-{day:%Y%m%d}-{number}.csv", content=content, by=clerk, now=at)
    for payout in payouts:
        if not payout.is_transfer:
            operations.settle_by_hand(payout_id=payout.pk, proof=f"Reçu {payout.pk:05}", by=clerk, now=at)
    return balance


def _statement(transfers: Sequence[Payout], balance: Decimal, day: date, number: int) -> bytes:
    """Write the bank's statement of a day as a table, from what stood on the account before."""
    rows = []
    iban = operations.debtor().iban
    for line, payout in enumerate(transfers, start=1):
        balance -= payout.amount_mad
        cells = (iban, day, payout.amount_mad, "", balance, payout.reference)
        rows.append((*cells, f"BNK{number:04}{line:03}", payout.rib, ""))
    return tables.as_csv([column.key for column in COLUMNS], rows).encode()


def _person(first_name: str, last_name: str) -> User:
    """Make someone of the story, who cannot sign in."""
    email = f"{first_name}.story@biladalkhair.example".lower()
    made = {"first_name": first_name, "last_name": last_name, "language": "fr", "is_active": False}
    person, is_new = User.objects.get_or_create(email=email, defaults=made)
    if is_new:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person
