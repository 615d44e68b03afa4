"""A parcel that was paid from afar and comes back: what was paid for it is owed again, once."""

from decimal import Decimal

import pytest
from django.utils import timezone

from fulfilment.jobs.models import Job
from fulfilment.payments import operations as payments
from fulfilment.payments.models import Refund
from fulfilment.warehouse import operations
from tests.factories.bank import open_bank, pay
from tests.factories.disputes import close_dispute, open_dispute, pay_by_card
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.factories.people import make_staff
from tests.storefront.payments.support import FRANCE, broken, start

pytestmark = pytest.mark.django_db


def test_a_paid_parcel_that_comes_back_is_refunded_with_the_delivery_once(run_jobs):
    with open_bank() as bank:
        open_deliveries()
        order = place_order((stock("120.00"), 2), shopping=FRANCE)
        intent = start(order)
        pay(bank, intent.id)
        payments.settle(intent_id=intent.id, now=timezone.now())
        run_jobs()
        parcel = move_to(order.consignments.get(), "HANDED_OVER")
        operations.refuse(consignment_id=parcel.pk, reason="changed_mind", by=None, now=timezone.now())

        for _ in range(2):
            operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now())
            run_jobs()

        refund = Refund.objects.get()
        assert (refund.reason, refund.amount, refund.delivery) == ("REFUSED", order.total_incl_tax, True)
        assert refund.state == Refund.State.SUCCEEDED
        assert broken() == []


@pytest.fixture
def handed_over(bank, deliveries, run_jobs):
    """An order that was paid by card, its parcel on its way."""
    attempt = pay_by_card(bank)
    run_jobs()
    move_to(attempt.order.consignments.get(), "HANDED_OVER")
    return attempt


def come_back(attempt, run_jobs):
    parcel = attempt.order.consignments.get()
    operations.refuse(consignment_id=parcel.pk, reason="changed_mind", by=None, now=timezone.now())
    operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now())
    run_jobs()
    return Job.objects.get(task="fulfilment.warehouse.refund_returned").state


def test_what_comes_back_while_it_is_disputed_waits_for_a_person_and_goes_once_it_is_won(bank, handed_over, run_jobs):
    dispute = open_dispute(bank, handed_over)
    job = come_back(handed_over, run_jobs)
    refund, finance = Refund.objects.get(), make_staff("finance")
    with pytest.raises(payments.PaymentDisputed):
        payments.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())

    close_dispute(bank, dispute, won=True)
    approved = payments.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())

    assert (job, refund.state, refund.reason, refund.amount) == ("DONE", "ASKED", "REFUSED", handed_over.captured)
    assert (approved.state, broken()) == ("DUE", [])


def test_what_came_back_and_was_lost_since_is_declined_by_a_person(bank, handed_over, run_jobs):
    dispute = open_dispute(bank, handed_over)
    come_back(handed_over, run_jobs)
    close_dispute(bank, dispute, won=False)
    refund, finance = Refund.objects.get(), make_staff("finance")
    with pytest.raises(payments.MoreThanCaptured):
        payments.approve_refund(refund_id=refund.pk, by=finance, now=timezone.now())

    declined = payments.decline_refund(refund_id=refund.pk, by=finance, now=timezone.now(), note="the bank has it")

    assert (declined.state, broken()) == ("DECLINED", [])


def test_what_comes_back_after_it_was_lost_is_noted_and_owes_nothing(bank, handed_over, run_jobs):
    close_dispute(bank, open_dispute(bank, handed_over, amount=500), won=False)

    job = come_back(handed_over, run_jobs)

    noted = handed_over.order.events.get(kind="refund_lost")
    assert (job, Refund.objects.count(), broken()) == ("DONE", 0, [])
    assert Decimal(noted.data["left"]) == handed_over.captured - 5
