"""What every way of taking money is held to: the same tests against Stripe's stand-in, cash, transfer, an acquirer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from django.utils import timezone

from fulfilment.orders import operations as orders
from fulfilment.payments import operations
from fulfilment.payments.gateways import REMOTE, NotRemote, provider_for, remote_for
from fulfilment.payments.gateways.base import (
    Charge,
    GiveBack,
    NoSuchPayment,
    PaymentProvider,
    ProviderRefused,
    ProviderUnavailable,
)
from fulfilment.payments.models import Dispute, PaymentAttempt, Refund
from fulfilment.payments.operations.starting import charge_of
from storefront.demo.stripe.server import StandIn
from tests.factories.bank import open_bank
from tests.factories.bank import pay as pay_by_card
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.transfers import receive
from tests.fakes.acquirer import FakeAcquirer

pytestmark = pytest.mark.django_db
NAMES = ("stripe", "cash", "transfer", "acquirer")
METHODS = {"stripe": "card", "acquirer": "card", "cash": "cash", "transfer": "transfer"}


@dataclass
class Stage:
    """One provider, what is to be paid there, and the buyer who pays it."""

    name: str
    provider: PaymentProvider
    charge: Charge
    pay: Callable[[str], None]
    bank: StandIn | None = None


@pytest.fixture(params=NAMES)
def stage(request, settings):
    open_deliveries()
    name = request.param
    order = place_order((stock("300.00"), 2), payment_method=METHODS[name])
    attempt = PaymentAttempt.objects.select_related("order").get(order=order)
    with open_bank() as bank, FakeAcquirer() as acquirer:
        settings.ACQUIRER = acquirer.settings
        buyers = {
            "stripe": lambda payment_id: pay_by_card(bank, payment_id),
            "cash": lambda payment_id: operations.collect_cash(order_id=order.pk, now=timezone.now()),
            "transfer": lambda payment_id: receive(order),
            "acquirer": acquirer.pay,
        }
        yield Stage(name, provider_for(name), charge_of(attempt), buyers[name], bank)


def begin(stage):
    """Start a payment, and bring the buyer to the acquirer's page where there is one."""
    payment = stage.provider.start(stage.charge)
    if stage.name == "acquirer":
        form = stage.provider.form_for(
            stage.charge,
            return_url="https://shop.example/paid",
            callback_url="https://shop.example/payments/acquirer/callback",
            until=timezone.now() + timedelta(minutes=30),
        )
        assert post(stage.provider.page_url, form) == 200
    return payment


def post(url, fields):
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=5)
    connection.request("POST", parts.path, urlencode(fields))
    status = connection.getresponse().status
    connection.close()
    return status


def give_back(stage, payment, amount="5.00", key="refund-1"):
    return GiveBack(key, payment.id, Decimal(amount), "MAD", order_number=stage.charge.order_number, refund=1)


def test_a_start_asks_the_amount_and_receives_nothing(stage):
    payment = begin(stage)

    assert (payment.state, payment.received) == ("STARTED", Decimal(0))
    assert (payment.amount, payment.currency) == (stage.charge.amount, "MAD")
    assert payment.metadata == {"order_number": stage.charge.order_number, "attempt": "1"}


def test_the_same_key_starts_the_same_payment(stage):
    assert stage.provider.start(stage.charge).id == begin(stage).id


def test_what_nobody_paid_has_received_nothing(stage):
    payment = stage.provider.settle(begin(stage).id)

    assert (payment.state, payment.received) == ("STARTED", Decimal(0))


def test_what_was_paid_is_known_with_its_order_however_often_it_is_asked(stage):
    started = begin(stage)
    stage.pay(started.id)

    first, second = (stage.provider.settle(started.id) for _ in range(2))

    assert (first.state, first.received, first.currency) == ("SUCCEEDED", stage.charge.amount, "MAD")
    assert first.metadata["order_number"] == stage.charge.order_number
    assert first == second


def test_what_is_not_ours_has_nothing_received(stage):
    try:
        payment = stage.provider.settle("pi_0")
    except NoSuchPayment:
        return

    assert (payment.state, payment.received) == ("STARTED", Decimal(0))


def test_cancelling_is_agreed_to_while_nothing_was_paid(stage):
    started = begin(stage)

    states = [stage.provider.cancel(started.id).state for _ in range(2)]

    assert states == ["CANCELLED", "CANCELLED"]


def test_cancelling_what_was_paid_says_that_it_was(stage):
    started = begin(stage)
    stage.pay(started.id)

    payment = stage.provider.cancel(started.id)

    assert (payment.state, payment.received) == ("SUCCEEDED", stage.charge.amount)
    assert stage.provider.settle(started.id).state == "SUCCEEDED"


def test_capturing_what_was_paid_takes_nothing_more(stage):
    started = begin(stage)
    stage.pay(started.id)

    payment = stage.provider.capture(started.id)

    assert (payment.state, payment.received) == ("SUCCEEDED", stage.charge.amount)


def test_a_refund_under_one_key_is_one_refund(stage):
    started = begin(stage)
    stage.pay(started.id)

    first, second = (stage.provider.refund(give_back(stage, started)) for _ in range(2))

    assert first.id == second.id
    assert (first.amount, first.currency, first.payment_id) == (Decimal("5.00"), "MAD", started.id)
    assert first.metadata["refund"] == "1"
    assert first.state in (Refund.State.PENDING, Refund.State.SUCCEEDED)


def test_more_than_was_paid_is_never_given_back(stage):
    started = begin(stage)
    stage.pay(started.id)

    with pytest.raises(ProviderRefused):
        stage.provider.refund(give_back(stage, started, amount=str(stage.charge.amount + Decimal("0.01"))))


def test_nothing_is_given_back_of_what_was_not_paid(stage):
    with pytest.raises(ProviderRefused):
        stage.provider.refund(give_back(stage, begin(stage)))


def test_the_states_of_the_port_are_those_of_the_rows(stage):
    started = begin(stage)
    stage.pay(started.id)

    assert {stage.provider.settle(started.id).state, started.state} <= set(PaymentAttempt.State.values)


def test_only_who_is_asked_from_afar_can_lose_an_answer(stage):
    if stage.name not in REMOTE:
        with pytest.raises(NotRemote):
            remote_for(stage.name)
        return
    remote, since = remote_for(stage.name), timezone.now() - timedelta(minutes=1)
    before = remote.find(stage.charge, since)
    started = begin(stage)
    stage.pay(started.id)
    refund = remote.refund(give_back(stage, started))

    assert before is None
    assert remote.find(stage.charge, since).id == started.id
    assert remote.find_refund(refund.id).amount == Decimal("5.00")


@pytest.mark.parametrize("stage", ["stripe"], indirect=True)
def test_whoever_keeps_an_account_for_us_tells_of_disputes_and_takes_one_answer(stage):
    provider = stage.provider
    started = begin(stage)
    stage.pay(started.id)
    opened = stage.bank.bank.open_dispute(provider.settle(started.id).charge_id)
    evidence = {"uncategorized_text": "It arrived."}

    before = provider.find_dispute(opened["id"])
    first, second = (provider.answer_dispute(opened["id"], evidence, key="answer-1") for _ in range(2))

    assert (before.payment_id, before.amount, before.currency) == (started.id, stage.charge.amount, "MAD")
    assert [(one.amount, one.fee > 0) for one in before.movements] == [(-stage.charge.amount, True)]
    assert (before.answer, before.submissions, first.answer, first.submissions) == ("", 0, "answer-1", 1)
    assert first == second
    assert {before.state, first.state} <= set(Dispute.State.values)
    with pytest.raises(NoSuchPayment):
        provider.find_dispute("dp_0")
    with pytest.raises(ProviderRefused):
        provider.answer_dispute(opened["id"], {"card_number": "4"}, key="answer-2")


@pytest.mark.parametrize(("name", "currency"), [("cash", "EUR"), ("cash", "USD"), ("acquirer", "EUR")])
def test_nobody_starts_in_a_currency_that_they_do_not_take(settings, name, currency):
    with FakeAcquirer() as acquirer:
        settings.ACQUIRER = acquirer.settings
        with pytest.raises(ProviderRefused):
            provider_for(name).start(Charge("k", "A", 1, Decimal("10.00"), currency))


def test_no_transfer_is_started_where_the_office_has_no_account(settings):
    settings.TRANSFER_ACCOUNTS = {}

    with pytest.raises(ProviderRefused):
        provider_for("transfer").start(Charge("k", "A", 1, Decimal("900.00"), "MAD"))


@pytest.mark.parametrize("stage", ["cash", "transfer"], indirect=True)
def test_what_came_without_a_provider_goes_back_by_a_person(stage):
    started = begin(stage)
    stage.pay(started.id)

    assert stage.provider.refund(give_back(stage, started)).state == "PENDING"


@pytest.mark.parametrize("fault", ["busy", "garbled", "lost"])
def test_an_answer_of_the_acquirer_that_is_lost_can_be_asked_again(settings, fault):
    with FakeAcquirer() as acquirer:
        settings.ACQUIRER = acquirer.settings
        stage = Stage("acquirer", provider_for("acquirer"), Charge("k", "A", 1, Decimal("10.00"), "MAD"), acquirer.pay)
        started = begin(stage)
        acquirer.pay(started.id)
        acquirer.fault = fault
        with pytest.raises(ProviderUnavailable):
            stage.provider.refund(give_back(stage, started))

        stage.provider.refund(give_back(stage, started))

        assert len(acquirer.refunds) == 1


def test_a_changed_charge_is_another_form(settings):
    with FakeAcquirer() as acquirer:
        settings.ACQUIRER = acquirer.settings
        provider = provider_for("acquirer")
        charge = Charge("k", "A", 1, Decimal("10.00"), "MAD")
        until = timezone.now() + timedelta(minutes=30)
        form = provider.form_for(charge, return_url="r", callback_url="c", until=until)
        changed = [
            {**form, "amount": "1.00"},
            {**form, "currency": "978"},
            {**form, "payment": "other"},
            {**form, "callback_url": "https://elsewhere.example"},
            {name: value for name, value in form.items() if name != "order"},
            {**form, "more": "1"},
            {**form, "signature": ""},
            provider.form_for(
                replace(charge), return_url="r", callback_url="c", until=timezone.now() - timedelta(minutes=1)
            ),
        ]

        assert (form["amount"], form["currency"], form["merchant"]) == ("10.00", "504", "600001234")
        assert [post(provider.page_url, each) for each in changed] == [400] * len(changed)
        assert (post(provider.page_url, form), acquirer.payments.keys()) == (200, {"k"})


def test_an_order_of_cash_is_collected_by_delivering_it():
    open_deliveries()
    order = place_order()

    assert provider_for("cash").settle(f"order-{order.number}-attempt-1").state == "STARTED"
    orders.cancel(order_id=order.pk, now=timezone.now())
    assert provider_for("cash").settle(f"order-{order.number}-attempt-1").state == "CANCELLED"
