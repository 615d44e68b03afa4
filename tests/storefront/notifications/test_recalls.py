"""Everyone whose pieces left is told of a recall, in their language, by mail and SMS, once."""

from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.links import order_path, recipient_url
from storefront.notifications import operations
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from storefront.notifications.policies import segments
from storefront.notifications.queries import told_of_recall
from tests.factories.catalogue import make_product, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.orders import open_deliveries, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.recalls import call_back
from tests.factories.shops import make_keeper, make_shop, put_in, sell_over_counter

pytestmark = pytest.mark.django_db
LAILA = {"recipient_name": "Laila", "recipient_phone": "+212623456789", "recipient_language": "en"}


@pytest.fixture(autouse=True)
def sms(monkeypatch):
    monkeypatch.setattr(MemorySms, "sent", [])
    return MemorySms.sent


@pytest.fixture
def oil():
    record = make_stockrecord(in_stock=0, product=make_product("Huile d'argan"))
    make_lot(record, 10, number="OIL")
    return record


def deliver(record, pieces=1, state="DELIVERED", **fields):
    order = make_held_order((record, pieces), **fields)
    move_to(open_parcels(order)[0], state)
    return order


def told(order):
    found = Message.objects.filter(key__startswith="recall:", order=order).order_by("pk")
    return list(found.values_list("kind", "channel", "language", "state"))


def test_payer_and_recipient_are_told_once_each_in_their_language(oil, run_jobs, sms):
    order = deliver(oil, 2, language="fr", **LAILA)
    run_jobs()
    mail.outbox.clear()
    sms.clear()

    recall = call_back("OIL", words={"fr": "Éclats de verre."})
    run_jobs()
    operations.write_recall_message(recall_id=recall.pk, order_id=order.pk, now=timezone.now())
    enqueue(
        task="storefront.notifications.tell_of_recall",
        key="again",
        payload={"recall_id": recall.pk},
        now=timezone.now(),
    )
    run_jobs()

    assert told(order) == [
        ("recall", "mail", "fr", "SENT"),
        ("recall", "sms", "fr", "SENT"),
        ("recipient.recall", "sms", "en", "SENT"),
    ]
    (letter,) = mail.outbox
    assert order.number in letter.subject
    for said in ("OIL", "Huile d'argan", "Éclats de verre.", f"/fr/orders/{order.number}/?k="):
        assert said in letter.body
        assert said.replace("'", "&#x27;") in letter.alternatives[0][0]
    assert [message.phone for message in sms] == [order.phone, LAILA["recipient_phone"]]
    assert all(order.number in message.text or "Fatima" in message.text for message in sms)
    assert "OIL" in sms[1].text
    assert "Fatima Zahra" in sms[1].text


def test_those_whose_parcel_is_here_or_holds_another_lot_are_not_told(oil, run_jobs):
    make_lot(oil, 5, number="OTHER")
    here = deliver(oil, state="PACKED")
    under_way = deliver(oil, state="HANDED_OVER")
    other = make_stockrecord(in_stock=5)
    untouched = deliver(other)

    recall = call_back("OIL")
    run_jobs()

    assert [bool(told(order)) for order in (here, under_way, untouched)] == [False, True, False]
    assert told_of_recall(recall) == {under_way.pk: "SENT"}
    assert [name for name, check in registered().items() if list(check())] == []


def test_whoever_left_no_number_at_a_counter_is_not_told_and_who_did_is(run_jobs):
    open_deliveries()
    shop = make_shop(sells_online=False)
    jar = stock("120.00", in_stock=5)
    put_in(shop, jar, 5, number="JAR")
    keeper = make_keeper(shop)
    walked_in = sell_over_counter(shop, keeper, {jar.pk: 1}, key=uuid4()).order
    named = sell_over_counter(shop, keeper, {jar.pk: 1}, key=uuid4(), phone="+212612345678").order

    call_back("JAR")
    run_jobs()

    assert (told(walked_in), [row[1] for row in told(named)]) == ([], ["sms"])


def test_one_message_that_left_is_enough_and_failures_are_known(oil, run_jobs):
    order = deliver(oil)
    recall = call_back("OIL")
    run_jobs()
    ours = Message.objects.filter(key__startswith="recall:")

    ours.filter(channel="mail").update(state="FAILED")
    one = told_of_recall(recall, [order.pk])
    ours.update(state="FAILED")

    assert (one, told_of_recall(recall)) == ({order.pk: "SENT"}, {order.pk: "FAILED"})


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_an_sms_travels_in_three_parts_at_most(oil, run_jobs, language, sms):
    deliver(oil, language=language)
    sms.clear()
    call_back("OIL", danger="foreign_body")
    run_jobs()

    assert segments(sms[-1].text) <= 3


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_order_s_page_says_what_is_called_back(oil, client, language):
    order = deliver(oil, 2, language=language)
    before = client.get(order_path(order)).content.decode()
    call_back("OIL", words={language: "لا تفتحوه"})

    text = client.get(order_path(order)).content.decode()

    assert "notice--error" not in before
    assert "notice--error" in text
    assert "لا تفتحوه" in text


def test_the_recipient_s_page_says_it_too(oil, client):
    order = deliver(oil, **LAILA)
    call_back("OIL")

    assert "notice--error" in client.get(recipient_url(order)).content.decode()
