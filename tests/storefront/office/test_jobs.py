"""Jobs that failed at the office: tried again, or let be with a reason that stays to be read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.jobs.models import Job, LetBe
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english
from tests.storefront.office.test_prices import text_of

pytestmark = pytest.mark.django_db
LET_BE = english("jobs") + "?state=let-be"


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def die(key="dead", queue="mail") -> Job:
    now = timezone.now()
    return Job.objects.create(task="t", key=key, queue=queue, state="DEAD", attempts=3, run_at=now, created_at=now)


def let_be(client, job, note="the number is gone"):
    return text_of(client.post(english("job-let-be", job.pk), {"note": note}, follow=True))


def test_a_dead_job_is_let_be_with_a_reason_and_leaves_the_list_and_the_late_ones(client, finance):
    job = die()
    assert job.key in text_of(client.get(english("late")))

    assert "Write in a few words why." in let_be(client, job, note="")
    assert "The reason is kept" in let_be(client, job)
    assert "nothing was changed" in let_be(client, job)

    assert LetBe.objects.get().by == finance
    assert [job.key in text_of(client.get(english(page))) for page in ("jobs", "late")] == [False, False]
    seen = text_of(client.get(LET_BE))
    assert "the number is gone" in seen
    assert str(finance) in seen


def test_what_was_let_be_is_tried_again_still(client, finance):
    job = die()
    let_be(client, job)

    client.post(english("job-again", job.pk))

    job.refresh_from_db()
    assert job.state == "WAITING"
    assert "No job was let be." in text_of(client.get(LET_BE))


@pytest.mark.parametrize("group", ["support", "logistics", "catalogue"])
def test_nobody_else_lets_one_be(client, group):
    sign_in(client, make_staff(group))

    assert client.post(english("job-let-be", die().pk), {"note": "x"}).status_code == 403


def test_what_is_not_there_is_not_there(client, finance):
    assert client.post(english("job-let-be", 999), {"note": "x"}).status_code == 404
    assert client.get(english("job-let-be", 999)).status_code == 405


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_both_lists_open_in_each_language(client, finance, language):
    let_be(client, die())
    die("other")
    for url in (english("jobs"), LET_BE):
        assert client.get(url.replace("/en/", f"/{language}/")).status_code == 200


def test_as_many_questions_for_one_as_for_three(client, finance):
    client.get(english("jobs"))  # who is asking is read once
    counts = []
    for key in ("a", "b", "c"):
        let_be(client, die(key))
        die(f"{key}-open")
        with CaptureQueriesContext(connection) as asked:
            client.get(LET_BE)
            client.get(english("jobs"))
        counts.append(len(asked))

    assert counts[0] == counts[2]
