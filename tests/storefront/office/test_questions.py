"""The office reads what cooperatives ask, says who sees to it, and answers; and serves their statements."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fulfilment.payouts.models import Payout
from fulfilment.questions.models import Message, Question
from tests.factories.asking import answer, ask
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import deliver, draft, pay_all
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


def make_question(text="Why so little?"):
    cooperative = make_cooperative()
    deliver((make_stockrecord(cooperative=cooperative), 1), method="card")
    return ask(cooperative, make_member(cooperative, "owner"), text).question


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def test_the_list_says_what_waits_and_how_long(client, clock):
    old = make_question()
    clock.shift(timedelta(days=4))
    new = make_question()
    answer(done := make_question(), make_staff("finance"))
    sign_in(client, make_staff("finance"))

    waiting = client.get(english("questions"))
    over = client.get(english("questions") + "?which=over")

    assert [row[0].pk for row in waiting.context["rows"]] == [old.pk, new.pk]
    assert waiting.content.decode().count("for 4 days") == 1
    assert [row[0].pk for row in over.context["rows"]] == [done.pk]
    assert client.get(english("questions") + "?which=x").status_code == 404


def test_an_answer_is_written_once_and_whoever_gives_it_sees_to_it(client, finance):
    question, key = make_question(), uuid4()
    page = english("question", question.pk)

    for _ in range(2):
        assert client.post(page, {"text": "A jar was broken.", "key": key}).status_code == 302

    question.refresh_from_db()
    assert (question.is_open, question.owner) == (False, finance)
    assert Message.objects.filter(by_office=True).count() == 1
    assert "A jar was broken." in client.get(page).content.decode()


def test_a_person_takes_it(client, finance):
    question = make_question()

    client.post(english("take-question", question.pk))

    question.refresh_from_db()
    assert (question.owner, question.is_open) == (finance, True)


@pytest.mark.parametrize(
    ("group", "status"), [("support", 200), ("finance", 200), ("director", 200), ("catalogue", 403)]
)
def test_who_reads_questions(client, group, status):
    question = make_question()
    sign_in(client, make_staff(group))

    assert {
        client.get(english(name, *args)).status_code for name, args in (("questions", []), ("question", [question.pk]))
    } == {status}


def test_others_do_not_find_them(client):
    question = make_question()
    for person in (make_person(), make_member(question.cooperative, "owner")):
        sign_in(client, person)
        assert client.get(english("question", question.pk)).status_code == 404
        assert client.post(english("take-question", question.pk)).status_code == 404


def test_an_empty_answer_and_one_about_nothing_are_refused(client, finance):
    question = make_question()

    assert client.post(english("question", question.pk), {"text": " "}).status_code == 422
    assert client.post(english("question", 10**9), {"text": "x"}).status_code == 404
    assert Question.objects.get().is_open


def test_the_list_asks_the_same_for_one_and_for_three(client, finance, django_assert_num_queries):
    make_question()
    client.get(english("questions"))
    with CaptureQueriesContext(connection) as first:
        client.get(english("questions"))
    for _ in range(2):
        make_question()

    with django_assert_num_queries(len(first)):
        assert len(client.get(english("questions")).context["rows"]) == 3


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_both_pages_open_in_each_language(client, finance, language):
    question = make_question()
    pages = [reverse("office:questions")[3:], reverse("office:question", args=[question.pk])[3:]]

    assert [client.get(f"/{language}{page}").status_code for page in pages] == [200, 200]


def test_finance_prints_a_cooperatives_statement_and_support_does_not(client, finance):
    deliver((make_stockrecord(), 1), method="card")
    pay_all()
    payout = Payout.objects.get()
    papers = [
        english("statement-pdf", payout.reference, "ar"),
        english("statement-pdf", payout.reference, "fr"),
        english("statement-xlsx", payout.reference),
    ]

    shown = client.get(english("payout", payout.reference)).content.decode()
    assert [page in shown for page in papers] == [True] * 3
    assert [client.get(page).status_code for page in papers] == [200] * 3
    assert client.get(english("statement-pdf", payout.reference, "en")).status_code == 404
    assert client.get(english("statement-pdf", "PAY-0", "fr")).status_code == 404
    sign_in(client, make_staff("support"))
    assert {client.get(page).status_code for page in papers} == {403}


def test_a_draft_has_no_paper(client, finance):
    deliver((make_stockrecord(), 1), method="card")
    reference = draft().payouts.get().reference

    assert client.get(english("statement-pdf", reference, "fr")).status_code == 404
    assert "statement-fr.pdf" not in client.get(english("payout", reference)).content.decode()
