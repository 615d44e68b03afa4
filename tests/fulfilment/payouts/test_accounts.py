"""A run and the account: a change holds payments back until a second person agreed and 72 hours passed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from catalogue.banking import operations as banking
from fulfilment.payouts.models import Payout
from tests.factories.banking import propose_account
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft, hand_in_cash, later
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db


def make_due(*items):
    """Let an order arrive and its money be in: a run that is late enough pays it."""
    deliver(*items)
    hand_in_cash()


def test_a_changed_account_is_paid_once_agreed_and_72_hours_old():
    record = make_stockrecord(farm_gate="80.00")
    make_due((record, 2))
    changed_at = later()
    account = propose_account(record.partner, by=make_member(record.partner), route="portal", now=changed_at)

    at_once = draft(changed_at)
    banking.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=changed_at)
    before = draft(changed_at + timedelta(hours=71))
    run = draft(changed_at + timedelta(hours=73))

    payout = run.payouts.get()
    assert (at_once, before) == (None, None)
    assert (payout.rib, payout.amount_mad) == (account.rib, Decimal("160.00"))


def test_a_change_nobody_agreed_to_is_never_paid():
    record = make_stockrecord()
    make_due((record, 2))
    changed_at = later()
    account = propose_account(record.partner, now=changed_at)

    assert draft(changed_at + timedelta(days=30)) is None
    banking.withdraw(account_id=account.pk, by=make_staff("finance"), now=changed_at)
    assert draft(changed_at + timedelta(days=30)) is not None


def test_one_cooperative_that_is_held_does_not_keep_others_from_being_paid():
    atlas, souss = make_stockrecord(), make_stockrecord()
    make_due((atlas, 1), (souss, 1))
    propose_account(atlas.partner, now=later())

    draft(later())

    assert list(Payout.objects.values_list("cooperative", flat=True)) == [souss.partner_id]


def test_a_blocked_account_is_not_paid_to():
    record = make_stockrecord()
    make_due((record, 1))
    banking.block_account(account_id=record.partner.bank_accounts.get().pk, reason="returned", now=later())

    assert draft(later()) is None


def test_whoever_is_paid_in_cash_needs_no_account():
    record = make_stockrecord()
    record.partner.payout_method = "cash_at_agency"
    record.partner.save()
    make_due((record, 1))
    banking.block_account(account_id=record.partner.bank_accounts.get().pk, reason="returned", now=later())

    assert draft(later()).payouts.get().rib == ""
