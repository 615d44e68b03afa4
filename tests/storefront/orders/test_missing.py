"""The buyer says what to do about missing pieces: in time, once, and is told kindly what came of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from fulfilment.orders.links import key_for, missing_url, recipient_key_for
from fulfilment.payments.models import Refund
from fulfilment.warehouse.tasks import look_at_shortages
from storefront.notifications import operations as notifications
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.shortages import ask_a_payer, say_missing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sms(monkeypatch):
    monkeypatch.setattr(MemorySms, "sent", [])
    return MemorySms.sent


def page_of(shortage, language="en"):
    order = shortage.consignment.order
    return f"/{language}/orders/{order.number}/missing/{shortage.pk}/?k={key_for(order.number)}"


def make_asked(**fields):
    """Return the question about one of two jars of an order paid at the door, which has something else too."""
    honey = make_stockrecord(in_stock=2)
    order = make_held_order((honey, 2), (make_stockrecord(cooperative=honey.partner), 1), **fields)
    (parcel,) = open_parcels(order)
    return say_missing(parcel.lines.get(order_line__stockrecord=honey).order_line, 1)


def kinds(shortage):
    rows = Message.objects.filter(order=shortage.consignment.order, kind__startswith="parcel.line")
    return sorted(rows.values_list("kind", "channel"))


def test_the_buyer_is_asked_by_mail_and_sms_with_the_address_of_the_question(run_jobs, sms):
    shortage = make_asked()

    run_jobs()

    assert kinds(shortage) == [("parcel.line_short", "mail"), ("parcel.line_short", "sms")]
    address = missing_url(shortage.consignment.order, shortage.pk)
    assert address in mail.outbox[-1].body
    assert any(address in text for text in Message.objects.filter(channel="sms").values_list("text", flat=True))


def test_the_question_is_told_once_though_its_job_runs_twice_and_again_when_more_is_missing(run_jobs, clock):
    shortage = make_asked()
    said = {"shortage_id": shortage.pk, "kind": "line_short", "missing": 1, "now": shortage.found_at}
    run_jobs()
    notifications.write_shortage_message(**said)
    once = len(kinds(shortage))

    say_missing(shortage.order_line, 1)
    run_jobs()
    notifications.write_shortage_message(**said)  # of a number that is not the question any more

    assert (once, len(kinds(shortage))) == (2, 4)


def test_what_was_decided_before_the_letter_left_is_not_asked(run_jobs):
    shortage = make_asked()
    Client().post(page_of(shortage), {"choice": "rest"})

    run_jobs()

    assert kinds(shortage) == [("parcel.line_left_out", "mail"), ("parcel.line_left_out", "sms")]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_looking_decides_nothing_and_shows_what_there_is_to_choose(bank, run_jobs, language):
    _order, _line, shortage = ask_a_payer(bank, run_jobs)

    page = Client().get(page_of(shortage, language))

    shortage.refresh_from_db()
    assert (page.status_code, shortage.outcome) == (200, "")
    text = page.content.decode()
    assert ['value="rest"' in text, 'value="not_the_line"' in text, 'value="call_off"' in text] == [True, False, True]


def test_the_rest_is_sent_when_the_buyer_says_so_and_a_second_press_tells_the_same(bank, run_jobs):
    order, line, shortage = ask_a_payer(bank, run_jobs)
    client = Client()

    first = client.post(page_of(shortage), {"choice": "rest"}, follow=True)
    second = client.post(page_of(shortage), {"choice": "call_off"}, follow=True)

    order.refresh_from_db()
    shortage.refresh_from_db()
    assert (order.status, shortage.outcome, shortage.by_buyer) == ("PREPARING", "left_out", True)
    assert Refund.objects.get().amount == line.unit_price_incl_tax
    assert all("You chose: we send the rest" in page.content.decode() for page in (first, second))


def test_the_order_is_called_off_when_the_buyer_says_so(bank, run_jobs):
    order, _line, shortage = ask_a_payer(bank, run_jobs)

    answer = Client().post(page_of(shortage), {"choice": "call_off"}, follow=True)
    run_jobs()

    order.refresh_from_db()
    assert order.status == "CANCELLED"
    assert Refund.objects.get().amount == order.total_incl_tax
    assert "This order is called off" in answer.content.decode()


def test_paid_before_a_whole_product_may_be_left_out(bank, run_jobs):
    shortage = make_asked(method="card", status="PAID")

    assert 'value="not_the_line"' in Client().get(page_of(shortage)).content.decode()


def test_once_the_time_is_over_the_page_says_so_and_takes_no_answer(run_jobs, clock):
    shortage = make_asked()
    clock.shift(timedelta(hours=24))

    late = Client().get(page_of(shortage))
    Client().post(page_of(shortage), {"choice": "call_off"})
    shortage.refresh_from_db()
    undecided = shortage.outcome
    look_at_shortages()
    run_jobs()
    after = Client().get(page_of(shortage)).content.decode()

    shortage.refresh_from_db()
    assert (late.status_code, undecided, shortage.outcome, shortage.by_buyer) == (410, "", "left_out", False)
    assert "The time to choose is over" in late.content.decode()
    assert "Nobody answered in time" in after


def test_only_whoever_holds_the_orders_key_decides():
    shortage, other = make_asked(), make_asked()
    number = shortage.consignment.order.number
    path = page_of(shortage).split("?")[0]
    keys = ["", "?k=", "?k=000000000000000000000000", f"?k={recipient_key_for(number)}"]
    keys += [f"?k={key_for(other.consignment.order.number)}"]

    answers = [Client().post(path + key, {"choice": "call_off"}).status_code for key in keys]

    shortage.refresh_from_db()
    assert (answers, shortage.outcome) == ([404] * 5, "")


def test_a_question_of_another_order_and_an_unknown_choice_are_not_there():
    shortage, other = make_asked(), make_asked()
    elsewhere = page_of(shortage).replace(f"/{shortage.pk}/", f"/{other.pk}/")

    assert Client().get(elsewhere).status_code == 404
    assert Client().post(page_of(shortage), {"choice": "steal"}).status_code == 404


def test_the_orders_page_leads_to_the_question():
    shortage = make_asked()
    order = shortage.consignment.order

    page = Client().get(f"/en/orders/{order.number}/?k={key_for(order.number)}").content.decode()

    assert page_of(shortage).split("?")[0] in page
