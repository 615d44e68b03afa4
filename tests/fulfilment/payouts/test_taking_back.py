"""What is taken back of what a cooperative earned: less is paid, or less later, and it is always said why."""

from decimal import Decimal

import pytest
from django.utils import timezone, translation

from catalogue.kernel.invariants import registered
from fulfilment.ledger.queries import balances_by_cooperative
from fulfilment.payouts import operations, queries
from fulfilment.payouts.models import Payout, PayoutLine
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.movements import charge_back, give_back, put_back
from tests.factories.payouts import deliver, draft, later, pay_all

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def argan():
    return make_cooperative(name="Argan des femmes", slug="argan")


@pytest.fixture
def oil(argan):
    return make_stockrecord(cooperative=argan, farm_gate="80.00", in_stock=40)


def sell(oil, pieces=2):
    return deliver((oil, pieces), method="card").lines.select_related("order").get()


def standing(cooperative):
    statement = queries.owed_statement(cooperative, later())
    return statement.to_receive_mad, statement.due_mad


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith("payouts: ") and list(check())]


def test_case_20_a_dispute_after_the_payout_is_carried_to_the_next_one_and_shown(argan, oil):
    line = sell(oil)
    operations.freeze(order_id=line.order_id, dispute_id=1, now=timezone.now())
    operations.lift(dispute_id=1, now=timezone.now())
    first = pay_all().payouts.get()
    operations.freeze(order_id=line.order_id, dispute_id=2, now=timezone.now())

    charge_back(line)
    operations.lift(dispute_id=2, now=timezone.now())

    statement = queries.owed_statement(argan, later())
    assert (statement.due_mad, statement.is_negative) == (D("-160.00"), True)
    assert [(str(row.reason), row.product, row.to_receive_mad) for row in statement.lines] == [
        ("Taken back by the buyer's bank", line.title_here, D("-160.00"))
    ]
    assert pay_all() is None
    assert balances_by_cooperative("cooperatives.payable") == {argan.pk: D("160.00")}

    sell(oil, pieces=5)
    second = pay_all().payouts.get()

    assert (first.amount_mad, second.amount_mad) == (D("160.00"), D("240.00"))
    assert [row.to_receive_mad for row in queries.statement(second).lines] == [D("-160.00"), D("400.00")]
    assert standing(argan) == (0, 0)
    assert balances_by_cooperative("cooperatives.payable") == {}
    assert broken() == []


def test_case_20_a_refund_after_the_payout_is_carried_to_the_next_one(argan, oil):
    line = sell(oil)
    pay_all()

    give_back(line, 1)

    assert (pay_all(), standing(argan)) == (None, (D("-80.00"), D("-80.00")))
    sell(oil, 3)
    assert pay_all().payouts.get().amount_mad == D("160.00")
    assert broken() == []


def test_what_is_given_back_before_the_payout_is_not_paid(argan, oil):
    line = sell(oil)

    give_back(line, 1)

    before = queries.owed_statement(argan, timezone.now())
    assert [part.amount_mad for part in before.parts] == [D("80.00")]
    payout = pay_all().payouts.get()
    statement = queries.statement(payout)
    assert (statement.sold_mad, statement.taken_back_mad, statement.to_receive_mad) == (
        D("160.00"),
        D("80.00"),
        payout.amount_mad,
    )
    assert payout.amount_mad == D("80.00")


def test_what_is_given_back_whole_leaves_nothing_to_pay(argan, oil):
    line = sell(oil)
    give_back(line, 1)
    give_back(line, 1, before=1)

    assert (pay_all(), standing(argan)) == (None, (0, 0))


def test_what_is_taken_of_paid_goods_does_not_wait_for_the_day_of_others(argan, oil):
    paid = sell(oil)
    pay_all()
    sell(oil)  # may not be paid yet
    give_back(paid, 1)

    owed = queries.owed(argan, timezone.now())

    assert (owed.owed_mad, owed.due_mad, owed.waiting_mad) == (D("80.00"), D("-80.00"), D("160.00"))
    assert draft(timezone.now()) is None


def test_a_refund_that_fails_is_owed_again(argan, oil):
    line = sell(oil)
    pay_all()
    refund = give_back(line, 1)

    put_back(refund)

    assert standing(argan) == (0, 0)
    reasons = [str(row.reason) for row in queries.owed_statement(argan, later()).lines]
    assert reasons == ["Given back to the buyer", "A refund that did not go through: yours again"]
    assert pay_all() is None


def test_one_cooperative_s_debt_takes_nothing_from_another(argan, oil):
    line = sell(oil)
    pay_all()
    give_back(line, 1)
    honey = make_stockrecord(farm_gate="30.00")
    deliver((honey, 1), method="card")

    run = pay_all()

    assert list(run.payouts.values_list("cooperative", "amount_mad")) == [(honey.partner_id, D("30.00"))]
    assert PayoutLine.objects.filter(payout__cooperative=argan).count() == 2
    assert Payout.objects.filter(cooperative=argan).count() == 1


def test_a_statement_s_parts_add_up_whatever_each_waits_for(argan, oil):
    lines = [sell(oil, number) for number in (1, 2, 3, 4)]
    deliver((oil, 5))  # in cash
    operations.freeze(order_id=lines[0].order_id, dispute_id=1, now=timezone.now())

    early = queries.owed_statement(argan, timezone.now())
    late = queries.owed_statement(argan, later())

    assert [(str(part.waits), part.amount_mad) for part in early.parts] == [
        ("", D("720.00")),
        ("The buyer's bank disputes the payment", D("80.00")),
        ("The courier has not handed the money in yet", D("400.00")),
    ]
    assert (late.due_mad, len(late.parts)) == (D("720.00"), 2)
    for statement in (early, late):
        assert statement.to_receive_mad == statement.due_mad + sum(part.amount_mad for part in statement.parts)
        assert statement.to_receive_mad == (
            statement.sold_mad - statement.deducted_mad - statement.taken_back_mad + statement.returned_mad
        )
        assert -statement.to_receive_mad == balances_by_cooperative("cooperatives.payable")[argan.pk]


@pytest.mark.parametrize("lines", [1, 3])
def test_statements_take_two_queries_however_long(argan, oil, lines, django_assert_num_queries):
    for _ in range(lines):
        sell(oil)
    at = later()

    with django_assert_num_queries(2):
        assert len(queries.owed_statement(argan, at).lines) == lines
    payout = pay_all().payouts.get()
    with django_assert_num_queries(2):
        assert len(queries.statement(payout).lines) == lines
