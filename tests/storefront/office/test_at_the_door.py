"""The office at the door and with its couriers: pages, buttons, rights."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.payments.models import CashCollected, CashRemittance
from fulfilment.shipping.models import Courier
from fulfilment.warehouse import operations as warehouse
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.factories.people import make_staff, sign_in

pytestmark = pytest.mark.django_db
TODAY = "2026-11-20"


@pytest.fixture
def courier():
    Courier.objects.create(name="Own", kind="own")
    return Courier.objects.create(name="Other", kind="partner")


@pytest.fixture
def delivered(courier, run_jobs):
    open_deliveries()

    def deliver():
        order = place_order((stock("120.00"), 1))
        run_jobs()
        move_to(order.consignments.get(), "DELIVERED")
        return CashCollected.objects.order_by("-pk")[0]

    return deliver


def parcel_at(state, run_jobs):
    open_deliveries()
    order = place_order((stock("120.00"), 1))
    run_jobs()
    return move_to(order.consignments.get(), state)


def test_a_parcel_goes_to_the_courier_that_was_chosen(client, courier, run_jobs):
    parcel = parcel_at("PACKED", run_jobs)
    sign_in(client, make_staff("logistics"))

    page = client.get(f"/fr/office/consignments/{parcel.reference}/").content.decode()
    assert ('name="courier"' in page, "Other" in page) == (True, True)
    client.post(f"/fr/office/consignments/{parcel.reference}/move/", {"step": "hand_over", "courier": courier.pk})

    parcel.refresh_from_db()
    assert (parcel.state, parcel.courier) == ("HANDED_OVER", courier)


def test_the_page_writes_down_each_visit(client, courier, run_jobs):
    parcel = parcel_at("HANDED_OVER", run_jobs)
    sign_in(client, make_staff("logistics"))
    door = f"/fr/office/consignments/{parcel.reference}/door/"

    assert "155" in client.get(f"/fr/office/consignments/{parcel.reference}/").content.decode()
    client.post(door, {"number": 1, "outcome": "absent"})  # no reason: nothing is written
    for _ in range(2):
        client.post(door, {"number": 1, "outcome": "absent", "reason": "no_answer"})
    client.post(door, {"number": 2, "outcome": "refused", "reason": "no_money"})
    client.post(door, {"number": 2, "outcome": "delivered"})
    client.post(f"/fr/office/consignments/{parcel.reference}/move/", {"step": "deliver"})
    client.post(f"/fr/office/consignments/{parcel.reference}/move/", {"step": "take_back"})

    parcel.refresh_from_db()
    visits = list(parcel.delivery_attempts.values_list("number", "outcome"))
    assert (parcel.state, visits) == ("RETURNED", [(1, "absent"), (2, "refused")])
    for language in ("ar", "fr", "en"):
        assert client.get(f"/{language}/office/consignments/{parcel.reference}/").status_code == 200


def test_a_visit_is_written_by_logistics_alone(client, courier, run_jobs):
    parcel = parcel_at("HANDED_OVER", run_jobs)
    sign_in(client, make_staff("support"))

    answer = client.post(f"/fr/office/consignments/{parcel.reference}/door/", {"number": 1, "outcome": "delivered"})

    parcel.refresh_from_db()
    assert (answer.status_code, parcel.state) == (403, "HANDED_OVER")


def test_cash_is_taken_in_on_the_couriers_page(client, delivered):
    row = delivered()
    sign_in(client, make_staff("finance"))
    url = f"/fr/office/couriers/{row.courier_id}/remit/"
    typed = {"amount": "١٥٥,٠٠", "received_on": TODAY, "reference": "R 1", "collection": [row.pk]}

    assert client.post(url, typed | {"amount": "156"}).status_code == 422
    assert client.post(url, typed | {"amount": "-1"}).status_code == 422
    assert client.post(url, typed | {"collection": [row.pk, 0]}).status_code == 422
    assert not CashRemittance.objects.exists()
    assert client.post(url, typed).status_code == 302

    row.refresh_from_db()
    assert (row.remittance.amount, row.remittance.reference) == (155, "R 1")
    assert "R 1" in client.get("/ar/office/couriers/").content.decode()


def test_logistics_sees_what_couriers_owe_and_takes_nothing_in(client, delivered):
    row = delivered()
    sign_in(client, make_staff("logistics"))

    assert row.parcel in client.get("/fr/office/couriers/").content.decode()
    assert client.post(f"/fr/office/couriers/{row.courier_id}/remit/", {}).status_code == 403


def test_the_couriers_page_takes_as_many_queries_for_three_parcels_as_for_one(client, delivered):
    sign_in(client, make_staff("finance"))
    client.get("/fr/office/couriers/")  # what the first visit of a session reads is read
    counts = []
    for more in (1, 2):
        for _ in range(more):
            delivered()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/fr/office/couriers/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_an_orders_page_says_where_its_cash_is(client, delivered):
    row = delivered()
    sign_in(client, make_staff("support"))

    page = client.get(f"/en/office/orders/{row.attempt.order.number}/").content.decode()

    assert ("with the courier" in page, row.parcel in page) == (True, True)


def test_an_orders_page_says_what_was_not_taken(client, run_jobs):
    open_deliveries()
    order = place_order((stock("120.00"), 1), (stock("50.00"), 1))
    run_jobs()
    taken, refused = order.consignments.order_by("lines__order_line")
    move_to(taken, "DELIVERED")
    move_to(refused, "HANDED_OVER")
    warehouse.refuse(consignment_id=refused.pk, reason="changed_mind", by=None, now=timezone.now())
    sign_in(client, make_staff("support"))

    page = client.get(f"/en/office/orders/{order.number}/").content.decode()

    paid = CashCollected.objects.get().amount
    assert paid == order.total_incl_tax - 50
    for words, amount in (("Not taken at the door", "-50.00"), ("Paid at the door", f"{paid:.2f}")):
        assert re.search(rf"{words}</th><td class=\"money\"><bdi>MAD\xa0{amount}</bdi>", page), words
