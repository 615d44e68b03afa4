"""The webhook of couriers: what is signed is kept once with its job; what is not, or badly, writes nothing."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fulfilment.jobs.models import Job
from fulfilment.tracking import operations
from fulfilment.tracking.models import CourierProfile, TrackingEvent
from tests.factories.couriers import carried_by, make_courier, post_events

pytestmark = pytest.mark.django_db
AT = "2026-11-20T09:05:00+01:00"


@pytest.fixture
def courier():
    return make_courier()


@pytest.fixture
def secret(courier):
    return operations.make_secret(courier_id=courier.pk, by=None, now=timezone.now())


def transit(parcel="A-1", **more):
    return {"parcel": parcel, "status": "transit", "at": AT} | more


def written():
    return TrackingEvent.objects.count(), Job.objects.filter(task="fulfilment.tracking.apply").count()


def test_signed_events_are_kept_once_with_their_job_and_move_the_parcel(courier, secret, run_jobs):
    parcel = carried_by(courier)
    said = (transit(parcel.reference, id="7"), transit("elsewhere", note="العنوان غير معروف", id="8"))

    answers = [post_events(courier, secret, *said) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"new": 2, "known": 0}),
        (200, {"new": 0, "known": 2}),
    ]
    assert written() == (2, 1)
    run_jobs()
    parcel.refresh_from_db()
    assert (parcel.state, TrackingEvent.objects.get(key="8").outcome) == ("IN_TRANSIT", "UNKNOWN_PARCEL")


def test_two_secrets_hold_while_the_courier_changes_over_and_none_is_kept_readable(courier, secret):
    new = operations.make_secret(courier_id=courier.pk, by=None, now=timezone.now())
    assert [post_events(courier, one, transit()).status_code for one in (secret, new)] == [200, 200]

    operations.drop_old_secret(courier_id=courier.pk, by=None, now=timezone.now())

    assert [post_events(courier, one, transit()).status_code for one in (secret, new)] == [400, 200]
    profile = CourierProfile.objects.get()
    assert new not in f"{profile.secret}{profile.old_secret}"


@pytest.mark.parametrize("late", [301, -301])
def test_what_was_signed_too_long_ago_or_ahead_is_refused(courier, secret, late):
    answer = post_events(courier, secret, transit(), at=timezone.now() - timedelta(seconds=late))

    assert (answer.status_code, answer.content, written()) == (400, b"", (0, 0))


def test_what_is_forged_in_any_way_is_refused_with_the_same_answer(courier, secret):
    other = make_courier("Other")
    others = operations.make_secret(courier_id=other.pk, by=None, now=timezone.now())
    without = make_courier("Without")
    answers = [
        post_events(courier, "guess", transit()),
        post_events(courier, others, transit()),
        post_events(courier, secret, transit(), signed=""),
        post_events(courier, secret, transit(), signed="é" * 64),
        post_events(without, "", transit()),
        Client().post("/couriers/nobody/events", b"{}", content_type="application/json"),
        Client().post(
            f"/couriers/{courier.profile.code}/events",
            b"{}",
            content_type="application/json",
            headers={"X-Courier-Timestamp": "²", "X-Courier-Signature": "0" * 64},
        ),
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(400, b"")}
    assert written() == (0, 0)
    assert Client().get(f"/couriers/{courier.profile.code}/events").status_code == 405


def test_a_body_of_another_signature_or_too_large_is_refused(courier, secret):
    assert post_events(courier, secret, body=b" " * (256 * 1024 + 1)).status_code == 413
    assert post_events(courier, secret, body=b'{"events": []}', signed="0" * 64).status_code == 400
    assert written() == (0, 0)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (transit(at="2026-11-20 09:05"), "zone"),
        (transit(at="2026-11-21T09:05:00Z"), "has not come"),
        (transit(at="0001-01-01T00:00:00+14:00"), "zone"),
        (transit(at=20261120), "zone"),
        (transit(parcel=""), "empty"),
        (transit(parcel="A\u0000"), "nobody sees"),
        (transit(parcel="x" * 81), "80 characters"),
        (transit(status=None), "text"),
        (transit(extra="\u0000"), "cannot be kept"),
        (transit(extra="\ud800"), "cannot be kept"),
        (["transit"], "object"),
    ],
)
def test_of_a_bad_event_its_place_and_reason_are_said_and_nothing_is_kept(courier, secret, bad, said):
    answer = post_events(courier, secret, transit(), bad)

    assert (answer.status_code, answer.json()["event"], written()) == (422, 1, (0, 0))
    assert said in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"events": {}}',
        b'{"events": []}',
        b"[" * 100_000,
        b'{"events": [{"parcel": "A", "status": "x", "at": "2026-11-20T09:05:00Z", "n": NaN}]}',
        json.dumps({"events": [transit(f"A-{number}") for number in range(501)]}).encode(),
        json.dumps({"events": [transit(id="7"), transit("B-1", id="7")]}).encode(),
    ],
)
def test_what_is_not_in_the_shape_that_was_agreed_is_said_so(courier, secret, body):
    assert (post_events(courier, secret, body=body).status_code, written()) == (422, (0, 0))


def test_an_id_that_was_told_otherwise_is_refused_with_all_beside_it(courier, secret):
    post_events(courier, secret, transit(id="7"))

    answer = post_events(courier, secret, transit(id="6"), transit("B-1", id="7"))

    assert (answer.status_code, answer.json()["id"], TrackingEvent.objects.count()) == (409, "7", 1)
