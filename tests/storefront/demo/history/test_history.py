"""A told year holds every invariant, follows the profile, and is the same for the same seed."""

import itertools
from collections import Counter
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel import invariants
from catalogue.people.models import User
from catalogue.pricing.models import PriceList
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Line, Order, OrderEvent
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.payouts.models import OrderCash, Payable, Payout
from fulfilment.payouts.queries import owed_by_cooperative
from fulfilment.payouts.tasks import STATEMENT
from fulfilment.warehouse.models import Consignment
from storefront.demo.history import operations, payouts, remittances
from storefront.notifications.tasks import WRITE_PAYOUT_MESSAGE

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue_data(fresh=True)]

PROFILE = settings.BASE_DIR / "catalogue" / "data" / "sales_profile.json"


@pytest.fixture(autouse=True)
def few_lists_and_runs(monkeypatch):
    monkeypatch.setattr(operations, "QUARTERS", 1)
    monkeypatch.setattr(payouts, "RUNS", 6)


def tell(orders: int = 120, seed: int = 8) -> int:
    return operations.write_history(profile_path=PROFILE, orders=orders, seed=seed, now=timezone.now())


def test_a_history_breaks_no_invariant():
    tell()

    assert {name: rows for name, rows in invariants.violations() if rows} == {}


def test_a_history_has_what_pages_show():
    tell()

    assert Order.objects.count() == 120
    statuses = Counter(Order.objects.values_list("status", flat=True))
    assert statuses["DELIVERED"] > 70
    assert {"DELIVERED", "CANCELLED", "REFUSED", "PREPARING"} <= set(statuses)
    assert set(Order.objects.values_list("currency", flat=True)) == {"MAD", "EUR", "USD"}
    assert Consignment.objects.filter(state="OPEN").exists()
    assert Payout.objects.filter(state="SETTLED").exists()
    assert not Job.objects.filter(task__in=(STATEMENT, WRITE_PAYOUT_MESSAGE)).exists()  # paid long ago: nobody is told
    waiting = [owed for _cooperative, owed in owed_by_cooperative(timezone.now())]
    assert sum(owed.due_mad for owed in waiting) > 0
    assert sum(owed.waiting_mad for owed in waiting) > 0
    assert OrderCash.objects.exclude(in_at=None).exists()
    assert list(Withdrawal.objects.order_by("pk").values_list("state", flat=True)) == ["DECLARED", "RECEIVED"]


def test_a_courier_file_waits_to_be_looked_at():
    tell(orders=300)

    file = remittances.show(now=timezone.now())

    states = set(file.lines.values_list("state", flat=True)) - {"MATCHED"}  # one parcel alone is told short
    assert (file.state, states) == ("READY", {"DIFFERENCE", "UNKNOWN"})


def test_no_row_of_a_history_lies_in_the_future():
    tell()
    now = timezone.now()

    assert not Order.objects.filter(date_placed__gt=now).exists()
    assert not OrderEvent.objects.filter(at__gt=now).exists()
    assert not Payable.objects.filter(earned_at__gt=now).exists()
    assert not OrderCash.objects.filter(in_at__gt=now).exists()


def test_each_order_was_placed_while_its_price_list_was_in_force():
    tell()

    assert not Order.objects.filter(date_placed__lt=F("price_list__starts_at")).exists()
    assert not Order.objects.filter(date_placed__gte=F("price_list__ends_at")).exists()


def test_events_of_an_order_follow_its_life():
    tell()

    for events in (list(order.events.all()) for order in Order.objects.prefetch_related("events")):
        moves = [event for event in events if "from" in event.data]
        assert events[0].kind == "placed"
        for earlier, later in itertools.pairwise(moves):
            assert later.data["from"].lower() == earlier.kind


def test_the_same_seed_tells_the_same_year():
    stories = []
    for seed in (7, 7, 8):
        sid = transaction.savepoint()
        tell(orders=20, seed=seed)
        stories.append(list(Line.objects.order_by("pk").values_list("order__number", "title", "quantity")))
        transaction.savepoint_rollback(sid)

    assert stories[0] == stories[1] != stories[2]


def test_members_find_work_and_shoppers_find_their_orders():
    anamil = Partner.objects.get(code="COOP-001")
    member = User.objects.create_user(phone="+212740000002", last_name="Member")
    Membership.objects.create(cooperative=anamil, user=member, role="owner")
    shopper = User.objects.create_user(phone="+212740000001", last_name="Salma")

    tell(orders=300)

    assert Consignment.objects.filter(origin__cooperative=anamil, state="OPEN").exists()
    assert set(Order.objects.exclude(user=None).values_list("user", "phone")) == {(shopper.pk, "+212740000001")}


def test_the_command_writes_once():
    first, second = StringIO(), StringIO()

    call_command("make_history", "--orders", "15", stdout=first)
    call_command("make_history", "--orders", "15", stdout=second)

    assert first.getvalue() == "15 orders written.\n"
    assert second.getvalue() == "The history is written already.\n"
    assert Order.objects.exclude(payment_method="transfer").count() == 15
    assert Order.objects.filter(payment_method="transfer").count() == 1  # what the desk of finance shows
    assert PriceList.objects.filter(reference__startswith="PAST-").count() == 1
