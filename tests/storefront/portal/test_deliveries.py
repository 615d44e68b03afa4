"""What a cooperative announces, answers and sees of its goods; and that nobody else does."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from catalogue.receiving import operations
from catalogue.receiving.models import CallOff, Delivery
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.people import make_member, make_staff, sign_in
from tests.factories.receiving import announced, make_delivery, make_hub

pytestmark = pytest.mark.django_db


@pytest.fixture
def argan():
    return make_cooperative(slug="argan")


@pytest.fixture
def oil(argan):
    return make_stockrecord(cooperative=argan, in_stock=4)


@pytest.fixture
def hub():
    return make_hub(name="Grand entrepôt")


@pytest.fixture
def clerk(client, argan):
    return sign_in(client, make_member(argan, "clerk"))


def page(name, *args, slug="argan"):
    return reverse(f"portal:{name}", args=[slug, *args])


def asked(record, hub):
    record.low_stock_threshold = 10
    record.save()
    operations.propose_call_offs(place=hub, now=timezone.now())
    call_off = CallOff.objects.get(stockrecord=record)
    return operations.ask_call_off(call_off_id=call_off.pk, quantity=25, by=make_staff(), now=timezone.now())


def send(record, hub, **fields):
    line = {"line-0-record": record.pk, "line-0-pieces": "٢٥", "line-0-produced_on": "2026-11-10"}
    return {"place": hub.pk, "expected_on": "2026-11-30", "key": uuid4()} | line | fields


def test_a_clerk_answers_what_is_asked_by_announcing_it(clerk, oil, hub):
    call_off = asked(oil, hub)
    begun = clerk.get(page("announce") + f"?wanted={call_off.pk}").content.decode()

    clerk.post(page("announce"), send(oil, hub))

    call_off.refresh_from_db()
    assert ('value="25"' in begun, call_off.state, call_off.delivery.lines.get().expected) == (True, "ANSWERED", 25)


def test_a_clerk_says_that_they_cannot(clerk, oil, hub):
    call_off = asked(oil, hub)

    clerk.post(page("cannot", call_off.pk), {"reason": "whatever"})
    clerk.post(page("cannot", call_off.pk), {"reason": "no_jars"})

    call_off.refresh_from_db()
    assert (call_off.state, call_off.cannot) == ("CANNOT", "no_jars")


def test_bad_lines_are_said_beside_them_and_nothing_is_announced(clerk, oil, hub):
    ends_early = clerk.post(page("announce"), send(oil, hub, **{"line-0-best_before": "2026-11-01"}))
    negative = clerk.post(page("announce"), send(oil, hub, **{"line-0-pieces": "-1"}))
    foreign = clerk.post(page("announce"), send(make_stockrecord(), hub))

    assert [answer.status_code for answer in (ends_early, negative, foreign)] == [422] * 3
    assert Delivery.objects.count() == 0


def test_what_lies_in_the_store_and_at_the_hub_is_told_apart(clerk, oil, hub):
    make_lot(oil, 7, place=hub, number="AT-HUB")

    listed = clerk.get(page("where")).content.decode()
    counted = clerk.get(page("count", oil.pk)).context["record"]

    assert ("AT-HUB" in listed, "Grand entrepôt" in listed) == (True, True)
    assert (counted.in_store, counted.elsewhere) == (4, 7)


def test_another_cooperatives_deliveries_and_call_offs_are_out_of_reach(clerk, oil, hub):
    theirs = make_stockrecord(in_stock=1)
    call_off = asked(theirs, hub)
    delivery = make_delivery(hub, make_staff(), announced(theirs))

    answers = [
        clerk.post(page("cannot", call_off.pk), {"reason": "no_jars"}),
        clerk.post(page("call-off-delivery", delivery.pk)),
        clerk.get(page("deliveries", slug=theirs.partner.slug)),
    ]

    delivery.refresh_from_db()
    assert ([answer.status_code for answer in answers], delivery.state) == ([404] * 3, "ANNOUNCED")


def test_what_does_not_come_is_called_off(clerk, oil, hub):
    delivery = make_delivery(hub, make_staff(), announced(oil))

    clerk.post(page("call-off-delivery", delivery.pk))

    delivery.refresh_from_db()
    assert delivery.state == "CALLED_OFF"
