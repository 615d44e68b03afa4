"""A cooperative prints its own statements, opens their lines and asks about them; another's are not there."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fulfilment.payouts.models import Payout
from fulfilment.questions.models import Message, Question
from tests.factories.asking import answer, ask, leg_of
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import deliver, draft, pay_all, send, settle
from tests.factories.people import make_member, make_person, make_staff, sign_in

pytestmark = pytest.mark.django_db
BUYER = ("Fatima", "fatima@example.com", "612345678")
PAGE_LIMIT = 14


@pytest.fixture
def argan():
    return make_cooperative(name="Argan des femmes", short_name="Argan", slug="argan")


@pytest.fixture
def order(argan):
    return deliver((make_stockrecord(cooperative=argan, farm_gate="80.00"), 2), method="card")


@pytest.fixture
def payout(order):
    pay_all()
    return Payout.objects.get()


def english(name, *args):
    return "/en" + reverse(f"portal:{name}", args=args)[3:]


def own_pages(slug, payout, leg):
    return [
        english("payout", slug, payout.reference),
        english("statement-xlsx", slug, payout.reference),
        english("statement-pdf", slug, payout.reference, "ar"),
        english("statement-pdf", slug, payout.reference, "fr"),
        english("money-line", slug, leg),
    ]


@pytest.mark.parametrize("role", ["owner", "clerk"])
def test_owner_and_clerk_open_their_statement_as_page_paper_and_table(client, argan, payout, role):
    sign_in(client, make_member(argan, role))

    answers = [client.get(page) for page in own_pages("argan", payout, leg_of(argan))]

    kinds = [answer["Content-Type"].partition(";")[0].rpartition("/")[2] for answer in answers]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert kinds == ["html", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf", "pdf", "html"]
    assert all("no-store" in answer["Cache-Control"] for answer in answers[1:4])
    shown = answers[0].content.decode()
    assert all(page in shown for page in own_pages("argan", payout, leg_of(argan))[1:])


def test_an_owner_sees_four_digits_of_the_account_and_a_clerk_none(client, argan, payout):
    shown = []
    for role in ("owner", "clerk"):
        sign_in(client, make_member(argan, role))
        html = client.get(english("payout", "argan", payout.reference)).content.decode()
        shown.append([f"… {payout.rib[-4:]}<" in html, payout.rib[-6:] in html])

    assert shown == [[True, False], [False, False]]


def test_another_cooperative_finds_neither_there_nor_under_its_own_name(client, argan, payout):
    make_cooperative(slug="honey")
    sign_in(client, make_member(make_cooperative(slug="olive"), "owner"))
    leg = leg_of(argan)

    pages = [*own_pages("argan", payout, leg), *own_pages("olive", payout, leg)]

    assert {client.get(page).status_code for page in pages} == {404}
    written = client.post(english("money-line", "olive", leg), {"text": "How much?", "key": uuid4()})
    assert (written.status_code, Question.objects.count()) == (404, 0)


def test_no_one_else_finds_them(client, argan, payout):
    pages = own_pages("argan", payout, leg_of(argan))

    assert {client.get(page).status_code for page in pages} == {302}
    for person in (make_person(), make_staff("director")):
        sign_in(client, person)
        assert {client.get(page).status_code for page in pages} == {404}


def test_there_is_no_paper_of_a_draft_nor_in_another_language(client, argan, order):
    sign_in(client, make_member(argan, "owner"))
    run = draft()
    reference = run.payouts.get().reference

    assert client.get(english("statement-pdf", "argan", reference, "fr")).status_code == 404
    assert client.get(english("statement-xlsx", "argan", reference)).status_code == 404
    settle(send(run))
    assert client.get(english("statement-pdf", "argan", reference, "en")).status_code == 404


def test_a_line_says_what_became_of_it_and_nothing_of_the_buyer(client, argan, order, payout):
    sign_in(client, make_member(argan, "clerk"))

    html = client.get(english("money-line", "argan", leg_of(argan))).content.decode()

    assert payout.reference in html
    assert order.lines.get().partner_sku in html
    assert [word for word in (*BUYER, str(order.total_incl_tax)) if word in html] == []


def test_asking_and_reading_the_answer(client, argan, payout):
    clerk = make_member(argan, "clerk")
    sign_in(client, clerk)
    page, key = english("money-line", "argan", leg_of(argan)), uuid4()

    for _ in range(2):
        assert client.post(page, {"text": " Why\u200f so little?\r\nPlease. ", "key": key}).status_code == 302
    finance = make_staff("finance", first_name="Zineb")
    answer(Question.objects.get(), finance, "<b>A jar</b> was broken.")

    html = client.get(page).content.decode()
    assert Message.objects.get(by_office=False).text == "Why so little?\nPlease."
    assert "Why so little?<br>Please." in html
    assert "&lt;b&gt;A jar&lt;/b&gt; was broken." in html
    assert [word for word in (finance.email, "Zineb") if word in html] == []
    assert page in client.get(english("money", "argan")).content.decode()


@pytest.mark.parametrize(
    "fields", [{"text": ""}, {"text": " \u200f "}, {"text": "x" * 1001}, {"text": "x", "key": "y"}]
)
def test_what_cannot_be_a_message_is_said_and_not_kept(client, argan, payout, fields):
    sign_in(client, make_member(argan, "owner"))

    page = client.post(english("money-line", "argan", leg_of(argan)), {"key": uuid4()} | fields)

    assert (page.status_code, Question.objects.count()) == (422, 0)


def test_someone_who_writes_too_much_is_told_to_wait(client, argan, payout):
    owner = make_member(argan, "owner")
    sign_in(client, owner)
    for _ in range(5):
        ask(argan, owner)

    page = client.post(english("money-line", "argan", leg_of(argan)), {"text": "Now?", "key": uuid4()})

    assert page.status_code == 422
    assert "has not answered yet" in page.content.decode()


@pytest.mark.parametrize("name", ["money", "payout", "money-line"])
def test_pages_ask_the_same_for_one_and_for_three(client, argan, name, django_assert_num_queries):
    oil = make_stockrecord(cooperative=argan, farm_gate="80.00", in_stock=20)
    owner = make_member(argan, "owner")
    sign_in(client, owner)
    deliver((oil, 1), method="card")
    ask(argan, owner)
    pay_all()
    args = {"payout": [Payout.objects.get().reference], "money-line": [leg_of(argan)]}.get(name, [])
    client.get(english(name, "argan", *args))
    with CaptureQueriesContext(connection) as first:
        client.get(english(name, "argan", *args))
    asked = len(first)
    deliver((oil, 1), (make_stockrecord(), 1), method="card")
    deliver((oil, 2), method="card")
    pay_all()
    for _ in range(2):
        ask(argan, owner)
    args = {"payout": [Payout.objects.filter(cooperative=argan).first().reference]}.get(name, args)
    client.get(english(name, "argan", *args))

    assert 0 < asked <= PAGE_LIMIT
    with django_assert_num_queries(asked):
        assert client.get(english(name, "argan", *args)).status_code == 200


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_a_line_opens_in_each_language(client, argan, payout, language):
    sign_in(client, make_member(argan, "owner"))

    page = client.get(f"/{language}" + english("money-line", "argan", leg_of(argan))[3:])

    assert (page.status_code, f'lang="{language}"' in page.content.decode()) == (200, True)
