"""Questions about lines of statements: of one's own alone, each message once, and how they stand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.jobs.models import Job
from fulfilment.questions import operations, queries
from fulfilment.questions.models import Message, Question
from fulfilment.questions.policies import MOST_UNANSWERED
from tests.factories.asking import answer, ask, leg_of
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import deliver
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def argan():
    cooperative = make_cooperative()
    deliver((make_stockrecord(cooperative=cooperative), 2), method="card")
    return cooperative


@pytest.fixture
def owner(argan):
    return make_member(argan, "owner")


@pytest.fixture
def finance():
    return make_staff("finance")


def broken():
    return [name for name, check in registered().items() if name.startswith("questions: ") and list(check())]


def test_a_question_waits_until_it_is_answered(argan, owner, finance, clock):
    first = ask(argan, owner)
    clock.shift(timedelta(days=2))
    ask(argan, owner, "Are you there?")
    waiting = Question.objects.get()
    said = answer(waiting, finance)

    question = Question.objects.get()
    assert (waiting.state, waiting.waits_since) == ("OPEN", first.written_at)
    assert (question.state, question.waits_since, question.owner) == ("ANSWERED", None, finance)
    assert list(queries.messages_of(question).values_list("number", "by_office")) == [(1, False), (2, False), (3, True)]
    assert said.text == "A jar was broken."
    assert broken() == []


def test_it_is_open_again_when_the_cooperative_writes_again_and_stays_whose_it_was(argan, owner, finance):
    ask(argan, owner)
    answer(Question.objects.get(), finance)
    ask(argan, owner, "Which one?")

    question = Question.objects.get()
    assert (question.is_open, question.owner) == (True, finance)
    assert list(queries.worklist(waiting=True)) == [question]
    assert list(queries.worklist(waiting=False)) == []


def test_a_second_press_writes_and_tells_nothing_more(argan, owner, finance):
    key, reply = uuid4(), uuid4()

    assert ask(argan, owner, key=key) == ask(argan, owner, key=key)
    question = Question.objects.get()
    assert answer(question, finance, key=reply) == answer(question, finance, key=reply)

    assert Message.objects.count() == 2
    assert Job.objects.filter(key__startswith="question-message:").count() == 2


def test_a_key_of_something_else_is_refused(argan, owner, finance):
    key = uuid4()
    ask(argan, owner, key=key)

    with pytest.raises(operations.OthersWords):
        answer(Question.objects.get(), finance, key=key)


def test_nobody_asks_about_anothers_line(argan):
    other = make_cooperative()

    with pytest.raises(operations.NotTheirs):
        operations.ask(
            cooperative=other,
            leg_id=leg_of(argan),
            text="How much?",
            key=uuid4(),
            by=make_member(other, "owner"),
            now=timezone.now(),
        )
    assert Question.objects.count() == 0


def test_no_more_is_taken_in_while_nobody_answers(argan, owner, finance):
    for _ in range(MOST_UNANSWERED):
        ask(argan, owner)
    with pytest.raises(operations.TooManyUnanswered):
        ask(argan, owner)

    answer(Question.objects.get(), finance)

    assert ask(argan, owner).number == MOST_UNANSWERED + 2


def test_one_of_the_office_takes_it(argan, owner, finance):
    ask(argan, owner)

    operations.take(question_id=Question.objects.get().pk, by=finance)

    assert (Question.objects.get().owner, Question.objects.get().is_open) == (finance, True)


def test_what_was_said_stays(argan, owner):
    ask(argan, owner)

    for change in (lambda: Message.objects.update(text="x"), lambda: Message.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_question_that_stands_wrong_is_seen(argan, owner):
    ask(argan, owner)
    Question.objects.update(state="ANSWERED", waits_since=None, cooperative=make_cooperative())

    assert broken() == [
        "questions: each is about a line of its own cooperative",
        "questions: each waits for the office as long as the cooperative spoke last",
    ]
