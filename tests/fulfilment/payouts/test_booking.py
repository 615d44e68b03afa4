"""Booking what happened before there was a ledger, and what payouts leave in it."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.ledger import operations as ledger_operations
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey
from fulfilment.payouts import booking, operations
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.payouts import approve_another_account, deliver, pay_all, send_back_from_bank

pytestmark = pytest.mark.django_db


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith("ledger: ") and list(check())]


def told() -> str:
    out = StringIO()
    call_command("book_missing", stdout=out)
    return out.getvalue().strip()


def test_what_happened_before_there_was_a_ledger_is_booked_once(monkeypatch, run_jobs):
    open_deliveries()
    with monkeypatch.context() as before:
        before.setattr(ledger_operations, "post", lambda entry, now: None)
        place_order((stock("120.00", farm_gate="80.00"), 2))
        run_jobs()
        move_to(Consignment.objects.get(), "DELIVERED")
        run_jobs()
    nothing = Entry.objects.count()

    first, second = told(), told()

    assert (nothing, first, second) == (0, "2 entries booked.", "Everything is booked.")
    assert set(Entry.objects.values_list("source", flat=True)) == {"sale", "delivery"}
    assert broken() == []


def test_a_payout_that_the_bank_returns_is_owed_again():
    record = make_stockrecord(farm_gate="80.00")
    deliver((record, 2))
    payout = pay_all().payouts.get()
    accounts = [AccountKey("cooperatives.payable", "MAD", payout.cooperative_id), AccountKey("clearing.payouts")]
    paid = [ledger.balance_of(account) for account in accounts]

    send_back_from_bank(payout)

    assert (paid, [ledger.balance_of(one) for one in accounts]) == ([0, 0], [Decimal("-160.00"), 0])
    assert ledger.balance_of(AccountKey("bank")) == Decimal("0.00")
    assert broken() == []
    approve_another_account(record.partner)
    assert pay_all().payouts.get().amount_mad == Decimal("160.00")


def test_goods_that_earn_nothing_leave_no_entry():
    record = make_stockrecord(farm_gate="0.00")
    consignment = move_to(open_parcels(make_held_order((record, 2)))[0], "DELIVERED")

    operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())

    assert Entry.objects.count() == 0
    assert list(booking.deliveries([consignment])) == []
