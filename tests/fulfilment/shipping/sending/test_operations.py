"""Papers: recorded once for each time, ended, read on the shop's own days."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from fulfilment.shipping.models import SendingPermission
from fulfilment.shipping.sending import operations
from fulfilment.shipping.sending.queries import refusal_text, sending_rules
from tests.factories.catalogue import make_cooperative
from tests.factories.orders import open_deliveries, refuse_to

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HONEY = "ANIMAL_ORIGIN_HONEY"


@pytest.fixture(autouse=True)
def europe():
    open_deliveries()
    refuse_to("EU", HONEY, "review")


def permit(cooperative=None, first=date(2026, 1, 1), until=None, **fields):
    values = {"block": "EU", "ship_flag": HONEY, "reference": "TRACES-1", "recorded_by": None, "recorded_at": NOW}
    return operations.permit(cooperative=cooperative, valid_from=first, valid_until=until, **values | fields)


def listed_at(instant):
    return sending_rules("FR", now=instant).listed.get(HONEY, frozenset())


def test_papers_hold_from_their_first_day_to_the_day_before_their_last_in_casablanca():
    atlas = make_cooperative()
    permit(atlas, date(2026, 7, 2), date(2026, 7, 4))

    # until 20 September the day began at 23:00 UTC of the day before
    instants = [datetime(2026, 7, day, hour, 59, tzinfo=UTC) for day, hour in ((1, 22), (1, 23), (3, 22), (3, 23))]

    assert [listed_at(instant) == {atlas.pk} for instant in instants] == [False, True, True, False]


def test_papers_for_the_whole_office_stand_for_everyone():
    permit()

    assert listed_at(NOW) == {None}


def test_papers_hold_in_their_own_block_only():
    refuse_to("US", HONEY, "review")
    permit(make_cooperative())

    assert sending_rules("US", now=NOW).listed == {}


def test_the_same_papers_twice_are_refused_in_the_same_time_only():
    atlas = make_cooperative()
    permit(atlas, date(2026, 1, 1), date(2027, 1, 1))

    with pytest.raises(operations.PermittedAlready):
        permit(atlas, date(2026, 12, 31))
    permit(atlas, date(2027, 1, 1))
    permit(make_cooperative(), date(2026, 6, 1))
    permit(None, date(2026, 6, 1))

    assert SendingPermission.objects.count() == 4


@pytest.mark.parametrize("office_wide", [True, False])
def test_the_database_refuses_overlapping_papers_whoever_writes_them(office_wide):
    atlas = None if office_wide else make_cooperative()
    permit(atlas)

    with pytest.raises(IntegrityError), transaction.atomic():
        SendingPermission.objects.create(
            cooperative=atlas,
            block="EU",
            ship_flag=HONEY,
            reference="TRACES-2",
            valid_from=date(2026, 5, 1),
            recorded_at=NOW,
        )


def test_what_is_blocked_or_free_takes_no_papers():
    refuse_to("EU", "ANIMAL_ORIGIN_DAIRY", "block")

    for flag in ("ANIMAL_ORIGIN_DAIRY", "SOMETHING_ELSE"):
        with pytest.raises(operations.NotUnderReview):
            permit(ship_flag=flag)


def test_ending_papers_keeps_the_row_and_a_second_time_changes_nothing():
    papers = permit(make_cooperative())

    for day in (date(2026, 11, 20), date(2026, 12, 24)):
        operations.end_permission(permission_id=papers.pk, on=day)

    papers.refresh_from_db()
    assert (papers.valid_until, listed_at(NOW)) == (date(2026, 11, 20), frozenset())


def test_papers_that_have_not_begun_are_taken_back_whole():
    papers = permit(make_cooperative(), date(2027, 1, 1))

    operations.end_permission(permission_id=papers.pk, on=date(2026, 11, 20))

    assert not SendingPermission.objects.exists()


def test_at_home_nothing_is_asked_of_the_database_for_flags(django_assert_num_queries):
    sending_rules("MA", now=NOW)

    with django_assert_num_queries(0):
        assert sending_rules("MA", now=NOW).flags == {}


def test_a_destination_nobody_serves_has_no_rules():
    assert sending_rules("ZZ", now=NOW).refusals([]) == []


def test_the_weight_a_parcel_may_have_is_said():
    assert "20" in refusal_text("TOO_HEAVY", 20_000)
