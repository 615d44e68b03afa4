"""Withdrawing from a purchase: two steps and a receipt, for the right person, in time, once."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from fulfilment.orders.links import key_for, withdrawal_url
from fulfilment.orders.models import Order
from fulfilment.orders.withdrawing import operations
from fulfilment.orders.withdrawing.models import Withdrawal
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_person
from tests.factories.withdrawals import (
    FRANCE,
    declare,
    make_cheese,
    make_delivered_order,
    make_honey,
    serve_france,
)

pytestmark = pytest.mark.django_db


class Buyer:
    """A browser that came with the order's signed link."""

    def __init__(self, order, language="en"):
        self.client, self.order, self.language = Client(), order, language
        self.get("")

    def path(self, end):
        return f"/{self.language}/orders/{self.order.number}/{end}"

    def get(self, end):
        return self.client.get(self.path(end), {"k": key_for(self.order.number)})

    def post(self, end, **data):
        return self.client.post(self.path(end), data)

    def choose(self, **pieces):
        return self.post("withdraw/", **{name.replace("_", "-"): value for name, value in pieces.items()})

    def confirm(self, page, **changes):
        """Press the button of the second step's page."""
        fields = dict(re.findall(r'name="(line-[0-9]+|confirmation|name)" value="([^"]*)"', page.content.decode()))
        return self.client.post(self.path("withdraw/confirm/"), fields | changes)


def line_of(order, place=0):
    return order.lines.order_by("pk")[place]


def everything(order):
    return {f"line-{line.pk}": line.quantity for line in order.lines.all()}


def test_two_steps_lead_to_a_receipt(run_jobs):
    order = make_delivered_order((make_honey(), 3))
    buyer = Buyer(order)

    first = buyer.get("withdraw/")
    second = buyer.choose(**{f"line-{line_of(order).pk}": "٢"})
    done = buyer.confirm(second, name="  Fatima   Zahra ")

    assert "Withdraw from the contract here" in buyer.get("").content.decode()
    assert [first.status_code, second.status_code, done.status_code] == [200, 200, 302]
    assert not re.search("<script(?! (type|src))", first.content.decode())
    receipt = buyer.client.get(done.url).content.decode()
    withdrawal = Withdrawal.objects.get()
    assert (withdrawal.pieces, withdrawal.declared_name) == (2, "Fatima Zahra")
    for said in (withdrawal.reference, "Fatima Zahra", "20 November 2026", "Miel de thym", "Casablanca"):
        assert said in receipt


def test_nothing_is_declared_before_it_is_confirmed():
    order = make_delivered_order()
    buyer = Buyer(order)

    buyer.post("withdraw/", **everything(order))

    assert not Withdrawal.objects.exists()


def test_pressing_twice_declares_once_and_tells_once(run_jobs):
    order = make_delivered_order()
    buyer = Buyer(order)
    page = buyer.post("withdraw/", **everything(order))

    first, second = buyer.confirm(page), buyer.confirm(page)
    run_jobs()

    assert first.url == second.url
    assert Withdrawal.objects.count() == 1
    assert sorted(Message.objects.filter(kind__startswith="withdrawal").values_list("channel", flat=True)) == [
        "mail",
        "sms",
    ]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_receipt_goes_out_in_the_language_of_the_order_and_says_what_when_and_who(run_jobs, language):
    order = make_delivered_order(language=language)
    withdrawal = declare(order, name="سعاد")
    run_jobs()

    mail = Message.objects.get(kind="withdrawal.declared", channel="mail")
    sms = Message.objects.get(kind="withdrawal.declared", channel="sms")
    title = line_of(order).title
    when = {"ar": "20 نونبر 2026", "fr": "20 novembre 2026", "en": "20 November 2026"}[language]
    for text in (mail.text, mail.html, sms.text):
        assert all(said in text for said in (withdrawal.reference, "سعاد", title, when)), text
    assert withdrawal_url(order, 1) in mail.text
    assert (mail.language, sms.recipient) == (language, order.phone)
    assert ('dir="rtl"' in mail.html) == (language == "ar")
    assert "Casablanca" in mail.text


def test_without_a_mail_address_the_sms_is_the_receipt(run_jobs):
    declare(make_delivered_order(guest_email=""))
    run_jobs()

    assert list(Message.objects.filter(kind="withdrawal.declared").values_list("channel", flat=True)) == ["sms"]


def test_the_signed_link_of_the_message_opens_the_receipt_in_any_browser():
    order = make_delivered_order()
    declare(order)
    address = withdrawal_url(order, 1)

    assert Client().get(address[address.index("/fr/") :]).status_code == 200


def test_another_s_order_is_not_there():
    order, other = make_delivered_order(), make_delivered_order((make_stockrecord(), 1))
    declare(order)
    stranger = Client()
    stranger.force_login(make_person())
    buyer = Buyer(other)
    path = f"/en/orders/{order.number}/"

    answers = [
        browser.get(path + end)
        for browser in (Client(), stranger, buyer.client)
        for end in ("withdraw/", "withdrawals/1/")
    ]
    answers += [
        Client().post(path + end, everything(order))
        for end in ("withdraw/", "withdraw/confirm/", "withdrawals/1/keep/")
    ]
    answers += [buyer.get("withdrawals/1/"), buyer.post("withdrawals/7/keep/")]

    assert {answer.status_code for answer in answers} == {404}
    assert Withdrawal.objects.get().state == "DECLARED"


def test_lines_of_another_order_are_ignored():
    order, other = make_delivered_order(), make_delivered_order((make_stockrecord(), 1))
    buyer = Buyer(order)

    answer = buyer.post("withdraw/", **everything(other))

    assert answer.status_code == 422
    assert "Choose at least one piece" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3", "At most 2 of these can go back."),
        ("-1", "Take at least one."),
        ("two", "Write a whole number"),
        ("0", "Choose at least one piece"),
        ("", "Choose at least one piece"),
        ("9" * 30, "Write a whole number"),
    ],
)
@pytest.mark.parametrize("end", ["withdraw/", "withdraw/confirm/"])
def test_pieces_that_cannot_be_are_said_beside_their_field(typed, said, end):
    order = make_delivered_order()
    buyer = Buyer(order)

    answer = buyer.post(
        end, **{f"line-{line_of(order).pk}": typed, "name": "Fatima", "confirmation": "a", "price": "0"}
    )

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "x" * 201])
def test_a_confirmation_needs_a_name(name):
    order = make_delivered_order()
    buyer = Buyer(order)

    answer = buyer.confirm(buyer.post("withdraw/", **everything(order)), name=name)

    assert (answer.status_code, Withdrawal.objects.count()) == (422, 0)


def test_what_spoils_stands_there_with_its_reason_and_cannot_be_chosen():
    order = make_delivered_order((make_cheese(), 1), (make_honey(), 1))
    buyer = Buyer(order)

    page = buyer.get("withdraw/").content.decode()
    buyer.confirm(buyer.post("withdraw/", **everything(order)))

    assert "Cannot be sent back: it spoils quickly." in page
    assert f'name="line-{line_of(order, 0).pk}"' not in page
    assert list(Withdrawal.objects.get().lines.values_list("line", flat=True)) == [line_of(order, 1).pk]


def test_an_order_of_nothing_else_says_why():
    buyer = Buyer(make_delivered_order((make_cheese(), 1)))

    assert "These goods cannot be sent back." in buyer.get("").content.decode()
    assert "Nothing of this order can be sent back." in buyer.get("withdraw/").content.decode()


@pytest.mark.parametrize(
    ("fields", "days", "last_day"), [({}, 7, "27 November"), (FRANCE, 14, "4 December")], ids=["home", "EU"]
)
def test_the_days_left_are_counted_to_the_last_minute_then_the_page_names_the_phone(clock, fields, days, last_day):
    serve_france()
    order = make_delivered_order((make_honey(), 2), **fields)
    buyer = Buyer(order)
    first = buyer.get("").content.decode()
    clock.move_to(f"2026-{'11-27' if days == 7 else '12-04'} 23:59:59+00:00")
    last = buyer.get("").content.decode()
    page = buyer.post("withdraw/", **everything(order))
    clock.shift(timedelta(seconds=1))
    over = buyer.get("").content.decode()
    late = buyer.confirm(page)

    assert f"{days} days left" in first
    assert last_day in first
    assert "Today is the last day." in last
    assert "Withdraw from the contract here" not in over
    assert "The time to send it back ended with" in over
    assert (late.status_code, Withdrawal.objects.count()) == (422, 0)
    assert re.search(r"ended with <time[^>]*><bdi>[^<]*" + last_day, late.content.decode())
    assert "05 22 00 00 00" in late.content.decode()


@pytest.mark.parametrize(
    ("method", "state", "said"),
    [
        ("cash", "PICKED", "cancel the order"),
        ("cash", "HANDED_OVER", "refuse the parcel at the door"),
        ("card", "HANDED_OVER", "Choose what goes back"),
    ],
)
def test_before_it_arrives_the_page_says_the_way_out(method, state, said):
    order = make_held_order((make_honey(), 1), method=method, status="CONFIRMED" if method == "cash" else "PAID")
    for parcel in open_parcels(order):
        move_to(parcel, state)
    buyer = Buyer(Order.objects.get(pk=order.pk))

    assert said in buyer.get("withdraw/").content.decode()
    assert ("You may withdraw from now on" in buyer.get("").content.decode()) == (method == "card")


def test_someone_quicker_is_not_an_error_page(monkeypatch):
    order = make_delivered_order()
    buyer = Buyer(order)
    page = buyer.post("withdraw/", **everything(order))
    real = operations.declare

    def declare_after_another(**kwargs):
        real(**kwargs | {"confirmation": "quicker"})
        return real(**kwargs)

    monkeypatch.setattr(operations, "declare", declare_after_another)
    answer = buyer.confirm(page)

    assert (answer.status_code, answer.url) == (302, buyer.path("withdraw/"))
    shown = buyer.get("withdraw/").content.decode()
    assert "nothing was declared" in shown
    assert "was declared already" in shown


def test_the_buyer_may_keep_the_goods_until_they_are_back(run_jobs):
    order = make_delivered_order()
    declare(order)
    buyer = Buyer(order)

    kept = buyer.post("withdrawals/1/keep/")
    again = declare(order, confirmation="b")
    operations.take_back(withdrawal_id=again.pk, now=again.declared_at, by=None)
    late = buyer.client.post(buyer.path("withdrawals/2/keep/"), follow=True)

    assert kept.status_code == 302
    assert list(Withdrawal.objects.order_by("number").values_list("state", flat=True)) == ["CANCELLED", "RECEIVED"]
    assert "The goods are back already" in late.content.decode()


def test_a_rejection_is_told_with_its_reason(run_jobs):
    order = make_delivered_order(language="en")
    withdrawal = declare(order)
    operations.reject(
        withdrawal_id=withdrawal.pk, rejection="OPENED", note="Both jars", now=withdrawal.declared_at, by=None
    )
    run_jobs()

    page = Buyer(order).get("withdrawals/1/").content.decode()
    mail = Message.objects.get(kind="withdrawal.rejected", channel="mail")
    for text in (page, mail.text):
        assert "the seal was broken" in text
        assert "Both jars" in text


def test_an_acceptance_is_told_with_what_came_back(run_jobs):
    order = make_delivered_order(language="en")
    withdrawal = declare(order)
    step = {"withdrawal_id": withdrawal.pk, "now": withdrawal.declared_at, "by": None}
    operations.take_back(**step)
    operations.accept(back={line_of(order).pk: 2}, **step)
    run_jobs()

    mail = Message.objects.get(kind="withdrawal.accepted", channel="mail")
    assert "2 × Miel de thym" in mail.text
    assert "the delivery goes back too" in mail.text
    assert "The price and the delivery go back to you." in Buyer(order).get("withdrawals/1/").content.decode()


@pytest.mark.parametrize("end", ["", "withdraw/", "withdrawals/1/"])
def test_pages_read_from_right_to_left_in_arabic(end):
    order = make_delivered_order((make_honey(), 3), (make_cheese(), 1))
    declare(order, {line_of(order).pk: 1})

    page = Buyer(order, "ar").get(end).content.decode()

    assert '<html lang="ar" dir="rtl"' in page
    assert f'<bdi dir="ltr">{order.number}' in page


@pytest.mark.parametrize("end", ["", "withdraw/", "withdrawals/1/"])
def test_pages_ask_the_same_for_one_line_and_for_three(end, django_assert_max_num_queries):
    serve_france()  # every page's header reads the countries once, and keeps them
    counts = []
    for number in (1, 3):
        order = make_delivered_order(*((make_honey(), 2) for _ in range(number)))
        declare(order, {line.pk: 1 for line in order.lines.all()})
        buyer = Buyer(order)
        with django_assert_max_num_queries(11) as queries:
            buyer.client.get(buyer.path(end))
        counts.append(len(queries))

    assert counts[0] == counts[1]
