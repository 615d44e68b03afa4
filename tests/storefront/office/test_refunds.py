"""Refund pages: who sees which button, what a preview says, and a fixed number of queries."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.models import Refund
from tests.factories.disputes import fail_refund, open_dispute, pay_by_card
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


def delivered(run_jobs, quantity=3):
    order = place_order((stock("120.00", in_stock=50), quantity))
    run_jobs()
    for parcel in order.consignments.all():
        move_to(parcel, "DELIVERED")
    run_jobs()
    return order


def ask(order, by=None):
    line = order.lines.get().pk
    return operations.ask_refund(
        order_id=order.pk, quantities={line: 1}, reason=Refund.Reason.DAMAGED, now=timezone.now(), by=by
    )


@pytest.fixture
def order(run_jobs):
    open_deliveries()
    return delivered(run_jobs)


def test_support_sees_what_a_refund_comes_to_before_asking(order):
    client = sign_in(Client(), make_staff("support"))
    data = {f"line_{order.lines.get().pk}": "2", "reason": "DAMAGED", "note": ""}

    shown = client.post(english("refund-ask", order.number), data)
    made = client.post(english("refund-ask", order.number), data | {"confirm": "1"})

    assert (shown.status_code, made.status_code) == (200, 302)
    assert shown.context["share"].amount == Refund.objects.get().amount == Decimal("240.00")
    assert [amount for _cooperative, amount in shown.context["losses"]] == [Decimal("160.00")]


@pytest.mark.parametrize("pieces", ["0", "4", "-1", "0.5", "x"])
def test_pieces_that_cannot_be_given_back_are_refused_with_words(order, pieces):
    client = sign_in(Client(), make_staff("support"))
    data = {f"line_{order.lines.get().pk}": pieces, "reason": "DAMAGED", "confirm": "1"}

    assert client.post(english("refund-ask", order.number), data).status_code == 422
    assert Refund.objects.count() == 0


def test_finance_decides_and_support_does_not(order, settings):
    settings.REFUND_ALONE_UP_TO = {"MAD": Decimal("1.00")}
    support = make_staff("support")
    refund = ask(order, by=support)
    step = english("refund-step", refund.pk, "approve")

    refused = sign_in(Client(), support).post(step).status_code
    allowed = sign_in(Client(), make_staff("finance")).post(step).status_code

    assert (refused, allowed, Refund.objects.get().state) == (403, 302, "DUE")


def test_lists_and_pages_answer(order):
    refund = ask(order)
    client = sign_in(Client(), make_staff("finance"))
    pages = [english("refunds") + f"?which={name}" for name in ("waiting", "failed", "open", "over")]

    codes = [client.get(page).status_code for page in [*pages, english("refund", refund.pk)]]

    assert codes == [200] * 5
    assert client.get(english("refunds") + "?which=other").status_code == 404


def test_the_list_asks_as_often_for_one_as_for_three(order, django_assert_max_num_queries):
    client = sign_in(Client(), make_staff("finance"))
    page = english("refunds") + "?which=open"
    ask(order)
    client.get(page)
    with django_assert_max_num_queries(30) as one:
        client.get(page)
    ask(order)
    ask(order)
    with django_assert_max_num_queries(30) as three:
        client.get(page)

    assert len(one) == len(three)


def test_a_transfer_is_not_offered_while_its_payment_is_disputed(bank, run_jobs):
    open_deliveries()
    attempt = pay_by_card(bank)
    failed = fail_refund(ask(attempt.order))
    refund = operations.refund_again(refund_id=failed.pk, way="transfer", now=timezone.now())
    account = {"holder": "Jeanne", "account": "FR76 3000 6000 0112 3456 7890 189"}
    operations.give_account(refund_id=refund.pk, now=timezone.now(), **account)
    client = sign_in(Client(), make_staff("finance"))
    made = english("refund-step", refund.pk, "made")
    offered = made in client.get(english("refund", refund.pk)).content.decode()
    open_dispute(bank, attempt)

    page = client.get(english("refund", refund.pk)).content.decode()
    client.post(made, {"reference": "VIR-1"})

    assert (offered, made in page, "disputes this payment" in page) == (True, False, True)
    assert "FR7630006000011234567890189" not in page
    refund.refresh_from_db()
    assert refund.state == "DUE"
