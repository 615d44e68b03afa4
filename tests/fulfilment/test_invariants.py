from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import events
from catalogue.kernel.invariants import registered
from catalogue.lots.models import Lot, LotStock, QualityDecision
from fulfilment.jobs.models import Job
from fulfilment.orders import signals
from fulfilment.orders.models import Line, LineDiscount, Order
from fulfilment.payments.models import Dispute, PaymentAttempt
from fulfilment.payouts.models import OrderCash, Payable
from fulfilment.warehouse.models import Consignment, ConsignmentLine
from storefront.notifications.models import Message
from storefront.notifications.operations import write_message
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_place
from tests.factories.movements import charge_back
from tests.factories.orders import copy_line
from tests.factories.parcels import make_held_order, move_to
from tests.factories.payouts import pay_all
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


def broken() -> list[str]:
    return [name for name, check in registered().items() if list(check())]


@pytest.fixture
def settled(run_jobs):
    """An order of two cooperatives that went the whole way, paid out, its messages sent."""
    order = make_held_order((make_stockrecord(), 2), (make_stockrecord(), 1))
    events.announce(signals.order_confirmed, order_id=order.pk)
    run_jobs()
    for consignment in order.consignments.all():
        move_to(consignment, "DELIVERED")
    run_jobs()
    pay_all()
    return order


def test_all_hold_for_an_order_that_went_the_whole_way(settled):
    assert broken() == []


def test_all_hold_while_its_jobs_wait():
    order = make_held_order()
    events.announce(signals.order_confirmed, order_id=order.pk)

    assert broken() == []


def test_asking_twice_for_a_code_breaks_nothing(settled):
    order = settled
    for key in ("first", "second"):
        write_message(
            key=key,
            kind="order_code",
            channel="sms",
            recipient=order.phone,
            language="ar",
            text="123456",
            order=order,
            now=timezone.now(),
        )

    assert broken() == []


BREAKS = {
    "orders: the total is the lines and the delivery": copy_line,
    "orders: what each part of an order came to adds up to its total": copy_line,
    "orders: each line was sold at its published price": lambda: copy_line(farm_gate_mad=Decimal("1.00")),
    "orders: every order has a line": lambda: Order.objects.create(**another()),
    "jobs: every open job is one that the code knows": lambda: Job.objects.update(
        task="tests.gone", state="WAITING", run_at=timezone.now()
    ),
    "jobs: none was tried more often than allowed": lambda: Job.objects.filter(
        task="fulfilment.warehouse.open_consignments"
    ).update(attempts=4),
    "messages: each order hears of each step once": lambda: Message.objects.update(kind="order.confirmed"),
    "jobs: no dead letters": lambda: Job.objects.filter(pk=Job.objects.earliest("pk").pk).update(state="DEAD"),
    "warehouse: every line of an order in preparation is in one consignment, whole but for what was left out": lambda: (
        ConsignmentLine.objects.update(quantity=9)
    ),
    "warehouse: a consignment holds lines of its own order, and pieces from its own place": lambda: (
        Consignment.objects.filter(pk=Consignment.objects.earliest("pk").pk).update(origin=make_place())
    ),
    "lots: a stock record is the sum of its released lots where the site sells from": lambda: (
        StockRecord.objects.update(num_in_stock=99)
    ),
    "lots: a lot is in the state last decided of it": lambda: QualityDecision.objects.create(
        lot=Lot.objects.earliest("pk"), state="BLOCKED", reason="fault", at=timezone.now()
    ),
    "orders: what is promised is what open orders wait for": lambda: LotStock.objects.update(held=1),
    "orders: what has not left is kept for its line, whole": lambda: Line.objects.update(num_allocated=1),
    "warehouse: nothing is prepared for an order that nobody promised to pay": lambda: Order.objects.update(
        status="PENDING_PAYMENT"
    ),
    "warehouse: a paid or confirmed order is in preparation or has the job that starts it": lambda: (
        Order.objects.update(status="PAID")
    ),
    "warehouse: an order is as far as its least advanced consignment": lambda: Consignment.objects.update(state="OPEN"),
    "payouts: a payable is of a cooperative that earns by its line": lambda: Payable.objects.update(
        cooperative=make_stockrecord().partner
    ),
    "orders: a line costs its price less its discounts, tax included and excluded": lambda: LineDiscount.objects.create(
        line=Line.objects.earliest("pk"), name="never given", amount=1, tax=0, cooperative_mad=0
    ),
    "payouts: nothing was paid before its day": lambda: (
        OrderCash.objects.update(in_at=None) and Payable.objects.update(money_in_at=None)
    ),
    "payouts: what is owed for an order line has its payable": lambda: Payable.objects.all().delete(),
    "payouts: what an order earned has its day once all of it has arrived, and its cash when that is in": lambda: (
        OrderCash.objects.all().delete()
    ),
    "payouts: only delivered goods are owed for": lambda: Consignment.objects.update(state="PACKED"),
    "payouts: every delivered line is owed once its job is done": lambda: Payable.objects.all().delete(),
    "ledger: no order line stands below nothing once cooperatives bear a dispute": lambda: charge_twice(),
    "messages: what was not sent has an open job or a dead letter": lambda: Message.objects.update(state="WAITING"),
}


def charge_twice() -> None:
    order, now = Order.objects.get(), timezone.now()
    attempt = PaymentAttempt.objects.create(
        order=order,
        number=9,
        provider="stripe",
        amount=order.total_incl_tax,
        currency=order.currency,
        state="FAILED",
        idempotency_key="charged",
        created_at=now,
        updated_at=now,
    )
    Dispute.objects.create(
        attempt=attempt,
        provider_id="dp_charged",
        amount=1,
        currency=attempt.currency,
        state="LOST",
        opened_at=now,
        closed_at=now,
        bearer="COOPERATIVES",
        bearer_by=make_staff("finance"),
        bearer_at=now,
        bearer_reason="contract",
        updated_at=now,
    )
    for _time in range(2):
        charge_back(order.lines.earliest("pk"))


def another() -> dict[str, object]:
    """Return the order's own fields under another number."""
    fields = Order.objects.values().get()
    return {name: value for name, value in fields.items() if name != "id"} | {"number": "T0", "basket_reference": None}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_each_invariant_sees_what_breaks_it(settled, name):
    BREAKS[name]()

    assert name in broken()


def test_the_command_fails_with_the_rows_that_break_an_invariant(settled):
    payable = Payable.objects.earliest("pk")
    Payable.objects.filter(pk=payable.pk).update(cooperative=make_stockrecord().partner)
    out = StringIO()

    with pytest.raises(CommandError, match="are broken"):
        call_command("prove_invariants", stdout=out)

    assert "BROKEN payouts: a payable is of a cooperative that earns by its line" in out.getvalue()
    assert repr(Payable.objects.get(pk=payable.pk)) in out.getvalue()


def test_the_command_names_each_invariant_that_holds(settled):
    out = StringIO()

    call_command("prove_invariants", stdout=out)

    assert out.getvalue().count("holds  ") == len(registered())


def test_order_timeline_tells_everything_in_time_order(settled):
    out = StringIO()

    call_command("order_timeline", settled.number.lower(), stdout=out)

    lines = out.getvalue().splitlines()
    stamps = [line[:26] for line in lines[1:]]
    assert stamps == sorted(stamps)
    text = out.getvalue()
    for told in (
        "fulfilment.warehouse.open_consignments: DONE after 1",
        "consignment_packed consignment=" + settled.number,
        "order.confirmed by mail in fr: sent",
        "storefront.notifications.send_message: DONE after 1",
        ": paid by PAY-",
        "cooperatives.payable -",
    ):
        assert told in text


def test_order_timeline_of_no_order_says_so():
    with pytest.raises(CommandError, match="There is no order"):
        call_command("order_timeline", "NOSUCH")
