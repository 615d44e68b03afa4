"""Disputes at the office: what is due first, by right, one answer, a bundle that gives nothing away."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.orders.links import key_for
from fulfilment.payments import operations
from fulfilment.payments.gateways.base import EVIDENCE
from fulfilment.payments.models import Dispute, DisputeAnswer
from storefront.notifications.models import Message
from storefront.office.disputes.evidence import evidence_of, words_of
from storefront.office.disputes.queries import dispute as load
from tests.factories.disputes import close_dispute, open_dispute, pay_by_card
from tests.factories.orders import stock
from tests.factories.people import make_member, make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


@pytest.fixture
def disputed(bank):
    return open_dispute(bank, pay_by_card(bank), reason="product_not_received")


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def send(client, dispute, **cells):
    data = {"explanation": "It was delivered on Monday.", "read": "on", "do": "send"} | cells
    return client.post(english("dispute", dispute.pk), data)


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_each_role_sees_and_does_what_it_may(bank, disputed):
    opened = {}
    for group in ("finance", "director", "support", "logistics", "catalogue"):
        client = sign_in(Client(), make_staff(group))
        pages = [
            client.get(english("disputes")),
            client.get(english("dispute", disputed.pk)),
            client.get(english("dispute-bundle", disputed.pk)),
            client.post(english("dispute", disputed.pk), {"explanation": "x", "do": "keep"}),
            client.post(english("dispute-charge-back", disputed.pk), {"reason": "too short"[:5]}),
        ]
        opened[group] = [page.status_code for page in pages]
    owner = sign_in(Client(), make_member(disputed.attempt.order.lines.get().partner))

    assert opened["finance"] == opened["director"] == [200, 200, 200, 302, 422]
    assert opened["support"] == [200, 200, 403, 403, 403]
    assert opened["logistics"] == opened["catalogue"] == [403] * 5
    assert owner.get(english("dispute", disputed.pk)).status_code == 404


def test_the_list_begins_with_what_is_due_and_says_what_is_overdue(bank, client, finance, clock):
    late = open_dispute(bank, pay_by_card(bank))
    clock.shift(timedelta(days=6))
    sign_in(client, finance)
    soon = open_dispute(bank, pay_by_card(bank, (stock("60.00"), 1)))
    closed = close_dispute(bank, open_dispute(bank, pay_by_card(bank, (stock("70.00"), 1))), won=True)
    clock.shift(timedelta(days=2))
    sign_in(client, finance)

    page = client.get(english("disputes")).content.decode()

    numbers = re.findall(r'/office/disputes/(\d+)/"', page)
    assert numbers == [str(one.pk) for one in (late, soon, closed)]
    assert page.count("badge--danger") == 1
    assert re.search(r"At stake now.*?EUR", page, re.DOTALL)
    home = client.get(english("home")).content.decode()
    assert re.search(r"Disputes to answer</a></dt><dd>(?:<bdi>)?2", home)
    assert "pressing" in home


@pytest.mark.parametrize("name", ["disputes"])
def test_the_list_asks_the_same_for_one_and_for_three(bank, client, finance, django_assert_num_queries, name):
    open_dispute(bank, pay_by_card(bank))
    client.get(english(name))
    with CaptureQueriesContext(connection) as first:
        client.get(english(name))
    for price in ("60.00", "70.00"):
        open_dispute(bank, pay_by_card(bank, (stock(price), 1)))

    with django_assert_num_queries(len(first)):
        client.get(english(name))


def test_one_asks_the_same_whatever_was_bought(bank, client, finance, django_assert_num_queries):
    one = open_dispute(bank, pay_by_card(bank, (stock("60.00"), 1)))
    three = open_dispute(bank, pay_by_card(bank, *((stock(price), 1) for price in ("61.00", "62.00", "63.00"))))
    client.get(english("dispute", one.pk))
    with CaptureQueriesContext(connection) as first:
        client.get(english("dispute", one.pk))

    with django_assert_num_queries(len(first)):
        assert client.get(english("dispute", three.pk)).status_code == 200
    assert len(first) <= 24


def test_an_answer_is_sent_once_after_it_was_read(bank, client, finance, disputed, run_jobs):
    unread = send(client, disputed, read="")
    none_yet = DisputeAnswer.objects.count()
    kept = send(client, disputed, do="keep", read="")
    sent = send(client, disputed)
    again = send(client, disputed, explanation="Other words.")
    run_jobs()

    disputed.refresh_from_db()
    there = bank.bank.disputes[disputed.provider_id]
    assert (unread.status_code, none_yet, kept.status_code) == (422, 0, 302)
    assert said(sent)[-1] == "The answer is on its way to the bank."
    assert "answered already" in said(again)[-1]
    assert there["evidence"]["uncategorized_text"].startswith("It was delivered on Monday.")
    assert (there["evidence_details"]["submission_count"], disputed.state) == (1, "UNDER_REVIEW")
    page = client.get(english("dispute", disputed.pk)).content.decode()
    assert "sent to the bank" in page
    assert 'value="send"' not in page


@pytest.mark.parametrize("words", ["", "x" * 6001, "a\0b"])
def test_words_that_cannot_be_sent_are_asked_for_again(client, finance, disputed, words):
    assert send(client, disputed, explanation=words).status_code == 422
    assert DisputeAnswer.objects.count() == 0


def test_a_lost_dispute_is_charged_back_with_a_reason_once(bank, client, finance, disputed):
    close_dispute(bank, disputed, won=False)
    url = english("dispute-charge-back", disputed.pk)
    answers = [
        client.post(url, {"reason": words}) for words in ("", "Article 9: sent too late", "Article 9 again, really")
    ]

    assert [one.status_code for one in answers] == [422, 302, 302]
    assert "booked" in said(answers[1])[0]
    assert "nothing was booked twice" in said(answers[2])[-1]
    assert Dispute.objects.get().bearer == "COOPERATIVES"


def test_a_loss_that_is_not_of_the_sale_offers_no_charge(bank, client, finance, disputed):
    lost = close_dispute(bank, disputed, won=False)
    offered = english("dispute-charge-back", lost.pk) in client.get(english("dispute", lost.pk)).content.decode()
    Dispute.objects.filter(pk=lost.pk).update(currency="USD")

    page = client.get(english("dispute", lost.pk)).content.decode()
    answer = client.post(english("dispute-charge-back", lost.pk), {"reason": "Article 9: sent too late"})

    assert (offered, english("dispute-charge-back", lost.pk) in page) == (True, False)
    assert said(answer) == ["There is nothing to charge to cooperatives here. Nothing was booked."]


def test_what_is_not_lost_is_not_charged(client, finance, disputed):
    answer = client.post(english("dispute-charge-back", disputed.pk), {"reason": "Article 9: sent too late"})

    assert (answer.status_code, Dispute.objects.get().bearer) == (302, "")
    assert "Nothing was booked" in said(answer)[-1]


def test_the_bundle_holds_the_facts_and_no_secret(client, finance, disputed):
    order = disputed.attempt.order
    common = {
        "order": order,
        "channel": "mail",
        "language": "fr",
        "recipient": "f@example.org",
        "state": "SENT",
        "created_at": timezone.now(),
        "sent_at": timezone.now(),
    }
    Message.objects.create(
        key="m1", kind="shipped", subject="=HYPERLINK(1)", text="See https://shop/orders/1/?k=SECRET now", **common
    )
    Message.objects.create(key="m3", kind="recipient.shipped", subject="", text="Amina, your gift comes", **common)
    Message.objects.create(key="m2", kind="order_code", subject="", text="Your code is 482913", **common)

    answer = client.get(english("dispute-bundle", disputed.pk))
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    texts = {name: bundle.read(name).decode("utf-8-sig") for name in bundle.namelist()}

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")
    assert set(texts) == {"answer.txt", "goods.csv", "steps.csv", "messages.csv"}
    everything = " ".join(texts.values())
    assert not any(secret in everything for secret in ("SECRET", "482913", "Amina", "4242", order.phone, "pi_"))
    (_, row) = [row for row in csv.reader(io.StringIO(texts["messages.csv"])) if row[2] == "what" or "HYPER" in row[2]]
    assert row[2] == "'=HYPERLINK(1) See [link] now"
    assert order.number in texts["answer.txt"]


def test_evidence_names_goods_town_and_what_was_told(disputed):
    found = load(disputed.pk)

    evidence = evidence_of(found, "Our words.")

    assert evidence["shipping_address"] == "Lyon, FR"
    assert evidence["product_description"].startswith("2 x ")
    assert "Our words." in evidence["uncategorized_text"]
    assert "rue du Four" not in str(evidence)
    assert set(evidence) <= set(EVIDENCE)


def test_the_words_of_a_message_are_short():
    assert len(words_of(Message(subject="", text="x " * 5000))) == 600


def test_figures_say_how_many_are_open_and_when_the_first_is_due(bank, client, disputed):
    text = client.get("/metrics").content.decode()

    assert 'shop_disputes{state="NEEDS_RESPONSE"} 1' in text
    assert re.search(r"shop_dispute_due_hours 16[78]\.\d", text)


def test_a_dispute_that_is_not_there_is_not_found(client, finance):
    assert client.get(english("dispute", 999)).status_code == 404


def test_the_buyers_page_says_nothing_of_a_dispute(bank, disputed):
    number = disputed.attempt.order.number
    page = Client().get(f"/en/orders/{number}/?k={key_for(number)}")

    assert page.status_code == 200
    assert "isput" not in page.content.decode()


def test_a_warning_can_be_answered_too(bank, client, finance, run_jobs):
    dispute = open_dispute(bank, pay_by_card(bank), warning=True)
    send(client, dispute)
    run_jobs()

    assert Dispute.objects.get().state == "WARNING_UNDER_REVIEW"
    assert operations.settle_dispute(provider_id=dispute.provider_id, now=timezone.now()).submissions == 1


def test_a_warning_that_was_answered_and_becomes_a_dispute_shows_its_form_again(bank, client, finance, run_jobs):
    dispute = open_dispute(bank, pay_by_card(bank), warning=True)
    send(client, dispute)
    run_jobs()
    answered = client.get(english("dispute", dispute.pk)).context["form"]
    bank.bank.escalate_dispute(dispute.provider_id)
    operations.settle_dispute(provider_id=dispute.provider_id, now=timezone.now())

    form = client.get(english("dispute", dispute.pk)).context["form"]
    send(client, dispute)
    run_jobs()

    assert (answered, form is None, Dispute.objects.get().state) == (None, False, "UNDER_REVIEW")


def test_an_order_page_names_its_dispute_and_offers_no_refund_while_it_lasts(bank, client, finance):
    dispute = open_dispute(bank, pay_by_card(bank))
    number, line = dispute.attempt.order.number, dispute.attempt.order.lines.get()
    lasting = client.get(english("order", number)).content.decode()
    asked = client.post(english("refund-ask", number), {f"line_{line.pk}": "1", "reason": "DAMAGED", "note": ""})

    close_dispute(bank, dispute, won=True)
    won = client.get(english("order", number)).content.decode()

    link, ask = f'/office/disputes/{dispute.pk}/"', f"/office/orders/{number}/refund/"
    assert [(link in page, ask in page) for page in (lasting, won)] == [(True, False), (True, True)]
    assert (asked.status_code, "disputes this payment" in asked.content.decode()) == (422, True)


def test_cancelling_a_disputed_order_promises_no_money(bank, client, finance):
    number = open_dispute(bank, pay_by_card(bank)).attempt.order.number

    answer = sign_in(Client(), make_staff("director")).post(english("order-cancel", number))

    assert said(answer) == ["The order is cancelled. The buyer's bank has its money: none goes back here."]
