"""What must hold of withdrawals, and that breaking it is seen."""

from decimal import Decimal
from unittest.mock import patch

import pytest
from django.db.models import Value
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.orders.withdrawing import invariants, operations
from fulfilment.orders.withdrawing.models import Withdrawal
from tests.factories.withdrawals import declare, make_delivered_order

pytestmark = pytest.mark.django_db
NAMES = {
    "bought": "withdrawals: no more is sent back than was bought",
    "own": "withdrawals: each names pieces of its own order, and none that cannot be sent back",
    "back": "withdrawals: what is accepted, and nothing else, says how many pieces are back",
    "delivery": "withdrawals: what was paid for delivery goes back with the last piece of an order, and only then",
}


def broken():
    checks = registered()
    return {short for short, name in NAMES.items() if list(checks[name]())}


@pytest.fixture
def order():
    return make_delivered_order(total=str(Decimal("240.00")))


def test_all_hold_from_declaration_to_acceptance(order):
    withdrawal, line = declare(order), order.lines.get()
    seen = [broken()]
    operations.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)
    operations.accept(withdrawal_id=withdrawal.pk, back={line.pk: 2}, now=timezone.now(), by=None)

    assert [*seen, broken()] == [set(), set()]


def test_an_acceptance_written_past_the_operation_is_seen(order):
    now, withdrawal = timezone.now(), declare(order)

    Withdrawal.objects.filter(pk=withdrawal.pk).update(state="ACCEPTED", received_at=now, ended_at=now, delivery=True)

    assert broken() == {"back", "delivery"}


def test_a_withdrawal_of_nothing_is_seen(order):
    Withdrawal.objects.create(order=order, number=1, confirmation="a", declared_name="x", declared_at=timezone.now())

    assert broken() == {"own"}


def test_more_than_was_bought_is_seen(order):
    with patch.object(invariants, "withdrawn_pieces", lambda: Value(3)):
        assert broken() == {"bought"}
