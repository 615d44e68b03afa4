"""What the office does by the calendar: rates and price lists, stock, couriers' cash, refunds, payout runs."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import partial
from itertools import count
from random import Random
from typing import Any

from catalogue.banking import operations as banking
from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel import periods, tables
from catalogue.kernel.money import EUR, USD, ZERO, quantize
from catalogue.lots import operations as lots
from catalogue.lots.models import Lot, StockMovement
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import ExchangeRate, Source
from fulfilment.closing import operations as closing
from fulfilment.closing import queries as months
from fulfilment.matching import operations as matching
from fulfilment.payments import operations as payments
from fulfilment.payments.models import CashCollected
from fulfilment.payouts import advances, policies
from fulfilment.payouts import operations as payouts
from fulfilment.payouts.files.tables import COLUMNS
from fulfilment.payouts.models import Payout, PayoutRun
from fulfilment.shipping.models import Courier

from . import world
from .agenda import Agenda
from .parcels import prove_exits, see_to_refunds
from .world import World, rib_of

SOURCE, QUARTER = "simulated: a year", 3
BEFORE_OPENING, MORNING, NOON, EVENING = (timedelta(hours=hours) for hours in (1, 6, 12, 20))
KEEPS = timedelta(days=400)
RETURNED, SHORT, KEPT_PCT = 0.01, 0.1, Decimal("1.5")
NEW_ACCOUNTS = 500_000
LENDS_ON, LENT_TO = 20, 3
CLOSES_ON = 10


@dataclass
class Office:
    world: World
    agenda: Agenda
    random: Random
    orders: int
    rates: dict[str, Decimal] = field(default_factory=lambda: {EUR: Decimal("10.80"), USD: Decimal("9.90")})
    serial: Any = field(default_factory=lambda: count(1))

    def plan(self, first: date, last: date, *, selling_until: date) -> None:
        """Write the year's work on the agenda."""
        self.agenda.at(periods.start_of(first) + MORNING, self._mandate)
        for number in range((last - first).days):
            day = first + timedelta(days=number)
            begins_at = periods.start_of(day)
            if day.day == 1 and day < selling_until:
                self.agenda.at(begins_at + BEFORE_OPENING, self._begin_month)
            self.agenda.at(begins_at + MORNING, self._draft_runs)
            if day.day == LENDS_ON and day < selling_until:
                self.agenda.at(begins_at + NOON, self._lend)
            month = periods.month(day.replace(day=1) - timedelta(days=1)).from_day
            if day.day == CLOSES_ON and first <= month < selling_until:
                self.agenda.at(begins_at + EVENING, partial(self._close, month))
            if day.weekday() == 2:
                self.agenda.at(begins_at + NOON, self._take_in_cash)
                self.agenda.at(begins_at + NOON, partial(see_to_refunds, self.world))
                self.agenda.at(begins_at + NOON, partial(prove_exits, self.world))

    def _mandate(self, now: datetime) -> None:
        """Have one member of the union receive for another from now on, where it has two."""
        members = list(Partner.objects.exclude(union=None).order_by("pk"))
        if len(members) < world.MEMBERS:
            return
        receiver, member = members
        mandate = banking.propose_mandate(
            cooperative_id=member.pk,
            receiver_id=receiver.pk,
            signed_by=f"Présidente de {member}",
            from_day=periods.day_of(now),
            until_day=None,
            by=self.world.clerk,
            now=now,
        )
        banking.approve_mandate(mandate_id=mandate.pk, by=self.world.head, now=now)

    def _begin_month(self, now: datetime) -> None:
        """Let rates move and publish a price list; each quarter fill the shelves."""
        day = periods.day_of(now)
        for currency, rate in self.rates.items():
            moved = rate * Decimal(self.random.randrange(975, 1026)) / 1000
            self.rates[currency] = moved.quantize(Decimal("0.0001"))
        rows = [
            ExchangeRate(currency=currency, day=day, mad_per_unit=rate, source=SOURCE)
            for currency, rate in self.rates.items()
        ]
        pricing.load_history(rates=rows, now=now)
        self._publish(now)
        if day.month % QUARTER == 1:
            for record in self.world.goods:
                self._restock(record, now)

    def _publish(self, now: datetime) -> None:
        """Have one person prepare a list from the schedules, and another publish it unless nothing changes."""
        draft = pricing.prepare(source=Source.SCHEDULES, starts_at=None, prepared_by=self.world.clerk, now=now)
        try:
            pricing.approve(draft_id=draft.pk, approved_by=self.world.head, now=now)
        except pricing.NothingChanges:
            pricing.discard(draft_id=draft.pk)
        else:
            pricing.publish(draft_id=draft.pk, now=now)

    def _restock(self, record: StockRecord, now: datetime) -> None:
        """Receive a lot that nothing bought in a quarter can use up."""
        day = periods.day_of(now)
        number = f"L{day:%y%m}-{record.partner_sku}"
        lot = lots.add_lot(number=number, stockrecord=record, produced_on=day, best_before=day + KEEPS, now=now)
        lots.decide(lot=lot, state=Lot.State.RELEASED, reason="checked", by=self.world.clerk, now=now)
        stock = lots.lot_at(lot, lots.place_of(record.partner))
        pieces = 60 + 6 * self.orders // len(self.world.goods)
        lots.move_pieces(stock=stock, kind=StockMovement.Kind.RECEIVED, change=pieces, now=now)

    def _lend(self, now: datetime) -> None:
        """Lend some cooperatives half of what they may have; three payments take it back."""
        for record in self.random.sample(self.world.goods, LENT_TO):
            half = (advances.standing(record.partner_id, now).left_mad / 2).quantize(Decimal(1), ROUND_DOWN)
            if half > 0:
                asked = payouts.ask_advance(
                    cooperative_id=record.partner_id,
                    amount_mad=half,
                    instalments=3,
                    purpose="jars for the season",
                    by=self.world.clerk,
                    now=now,
                )
                payouts.approve_advance(advance_id=asked.pk, by=self.world.head, now=now)

    def _close(self, month: date, now: datetime) -> None:
        """Match what there is and have two persons sign a month; while something holds it, look again the next day."""
        matching.run_match(now=now)
        seen = months.standing_of(months.month_of(month), now=now).sha256
        try:
            closing.sign(first_day=month, seen=seen, by=self.world.clerk, now=now)
            closing.countersign(first_day=month, by=self.world.head, now=now)
        except closing.Held:
            self.agenda.at(now + timedelta(days=1), partial(self._close, month))

    def _take_in_cash(self, now: datetime) -> None:
        """Have each courier hand in what they took, sometimes too little, by a file or over the desk."""
        for courier in self.world.couriers:
            waiting = CashCollected.objects.filter(courier=courier, remittance=None, amount__gt=0).order_by("pk")
            if rows := list(waiting):
                reference = f"REM-{next(self.serial):05}"
                if courier.kind == Courier.Kind.PARTNER:
                    self._by_file(courier, rows, reference, now)
                else:
                    self._over_the_desk(courier, rows, reference, now)

    def _over_the_desk(self, courier: Courier, rows: list[CashCollected], reference: str, now: datetime) -> None:
        """Take money for all of it, or for all but the last parcel, which is handed in a week later."""
        if len(rows) > 1 and self.random.random() < SHORT:
            rows = rows[:-1]
        payments.remit_cash(
            courier_id=courier.pk,
            collections=[row.pk for row in rows],
            amount=_sum(rows),
            received_on=periods.day_of(now),
            reference=reference,
            by=self.world.clerk,
            now=now,
        )

    def _by_file(self, courier: Courier, rows: list[CashCollected], reference: str, now: datetime) -> None:
        """Take a company's file in and book it; what it keeps for its work is in it."""
        day, total = periods.day_of(now), _sum(rows)
        kept = quantize(total * KEPT_PCT / 100)
        file = payments.take_in_file(
            courier_id=courier.pk,
            name=f"{reference}.csv",
            content=tables.as_csv(("Colis", "Montant"), [(row.parcel, row.amount) for row in rows]).encode(),
            received_on=day,
            reference=reference,
            received=total - kept,
            fees=kept,
            by=self.world.clerk,
            now=now,
        )
        payments.confirm_file(file_id=file.pk, seen=payments.fingerprint(file), by=self.world.clerk, now=now)

    def _draft_runs(self, now: datetime) -> None:
        """Draft a run of each cycle whose period ended this midnight, and see it through."""
        for cycle in _due_on(periods.day_of(now)):
            if run := payouts.draft(cycle=cycle, now=now, by=self.world.clerk):
                payouts.submit(run_id=run.pk, by=self.world.clerk, now=now)
                self.agenda.at(now + timedelta(hours=3), partial(self._send, run))

    def _send(self, run: PayoutRun, now: datetime) -> None:
        """Approve and send a run as another person, or throw it away for what was disputed meanwhile."""
        run.refresh_from_db()
        try:
            payouts.approve(run_id=run.pk, seen=run.content_sha256, by=self.world.head, now=now)
            payouts.export(run_id=run.pk, by=self.world.clerk, now=now)
        except payouts.HeldMeanwhile:
            run.refresh_from_db()
            if run.state == PayoutRun.State.APPROVED:
                payouts.send_back(run_id=run.pk, by=self.world.clerk, now=now)
            payouts.cancel(run_id=run.pk, by=self.world.clerk, now=now)
            return
        run.refresh_from_db()
        paid_on = (run.executes_on or periods.day_of(now)) + timedelta(days=1)
        self.agenda.at(periods.start_of(paid_on) + NOON, partial(self._settle, run))

    def _settle(self, run: PayoutRun, now: datetime) -> None:
        """Take in the bank's statement, on which some transfers come back; note what was fetched by hand."""
        sent = list(run.payouts.filter(state=Payout.State.EXPORTED).select_related("cooperative").order_by("pk"))
        transfers = [payout for payout in sent if payout.is_transfer]
        returned = [payout for payout in transfers if self.random.random() < RETURNED]
        if transfers:
            content = self._statement(transfers, returned, periods.day_of(now))
            payouts.take_in(name=f"releve-{run.reference}.csv", content=content, by=self.world.clerk, now=now)
        for payout in sent:
            if not payout.is_transfer:
                proof = f"REC-{next(self.serial):05}"
                payouts.settle_by_hand(payout_id=payout.pk, proof=proof, by=self.world.clerk, now=now)
        for payout in returned:
            self._open_another(payout, now)

    def _statement(self, transfers: list[Payout], returned: list[Payout], day: date) -> bytes:
        """Write the bank's statement as a table: all go out, then those that were sent back come in."""
        balance, iban = sum((payout.amount_mad for payout in transfers), ZERO), payouts.debtor().iban
        rows: list[tuple[object, ...]] = []
        for payout in transfers:
            balance -= payout.amount_mad
            line = f"BNK{next(self.serial):06}"
            rows.append((iban, day, payout.amount_mad, "", balance, payout.reference, line, payout.rib, ""))
        for payout in returned:
            balance += payout.amount_mad
            line = f"BNK{next(self.serial):06}"
            rows.append((iban, day, "", payout.amount_mad, balance, payout.reference, line, payout.rib, "closed"))
        return tables.as_csv([column.key for column in COLUMNS], rows).encode()

    def _open_another(self, payout: Payout, now: datetime) -> None:
        """Have a cooperative whose account is blocked propose another; its waiting time is the shop's own."""
        account = banking.propose(
            cooperative_id=payout.cooperative_id,
            rib=rib_of(NEW_ACCOUNTS + next(self.serial)),
            holder_name=payout.cooperative.name,
            by=self.world.clerk,
            route=BankAccount.Route.OFFICE,
            now=now,
        )
        banking.approve(account_id=account.pk, rib=account.rib, by=self.world.head, now=now)


def _sum(rows: list[CashCollected]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)


def _due_on(day: date) -> list[str]:
    """Name the cycles of which a period ended this midnight."""
    return [cycle for cycle in policies.CYCLES if policies.period_of(cycle, day).from_day == day]
