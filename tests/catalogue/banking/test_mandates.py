"""Who of a union receives for others: signed, agreed to by another person, and never two at a time."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalogue.banking import mandates, operations
from catalogue.banking.models import Mandate
from catalogue.banking.operations import mandating
from catalogue.banking.policies import WAIT
from catalogue.kernel.periods import day_of
from tests.factories.advances import clerk, give_mandate, head, join, propose
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def treasury():
    return make_cooperative(name="Union Targanine")


@pytest.fixture
def member(treasury):
    member = make_cooperative(name="Ajddigue")
    join(member, treasury)
    return member


def receivers(*cooperatives, at=None):
    return mandates.receivers([one.pk for one in cooperatives], at or timezone.now())


def test_it_counts_once_another_agreed_and_its_waiting_time_is_over(member, treasury):
    now = timezone.now()
    proposed = propose(member, treasury, now=now, by=make_member(member))
    before = receivers(member, at=now + 4 * DAY)

    operations.approve_mandate(mandate_id=proposed.pk, by=head(), now=now)

    assert before == {}
    assert receivers(member, treasury, at=now + WAIT - timedelta(seconds=1)) == {}
    assert receivers(member, treasury, at=now + WAIT) == {member.pk: treasury.pk}


def test_it_counts_on_its_days_alone(member, treasury):
    now = timezone.now()
    days = {"from_day": day_of(now) + 10 * DAY, "until_day": day_of(now) + 20 * DAY}
    operations.approve_mandate(mandate_id=propose(member, treasury, now=now, **days).pk, by=head(), now=now)

    found = [bool(receivers(member, at=now + n * DAY)) for n in (9, 10, 19, 20)]

    assert found == [False, True, True, False]


def test_it_counts_no_more_once_the_member_left_the_union(member, treasury):
    give_mandate(member, treasury)
    before = receivers(member)

    member.union = None
    member.save(update_fields=["union"])

    assert (before, receivers(member)) == ({member.pk: treasury.pk}, {})


def test_one_that_ends_today_counts_today_no_more_and_another_may_begin(member, treasury):
    mandate = give_mandate(member, treasury)
    operations.end_mandate(mandate_id=mandate.pk, by=clerk(), now=timezone.now())

    assert receivers(member) == {}
    propose(member, treasury)
    with pytest.raises(mandating.NotInForce):
        operations.end_mandate(mandate_id=mandate.pk, by=clerk(), now=timezone.now())


def test_only_a_member_of_the_same_union_receives(member):
    stranger = make_cooperative()

    for receiver in (stranger, member):
        with pytest.raises(mandating.NotOfItsUnion):
            propose(member, receiver)
    with pytest.raises(mandating.NotOfItsUnion):
        propose(stranger, make_cooperative())


def test_days_and_signature_are_asked_for(member, treasury):
    today = day_of(timezone.now())

    for days in ({"from_day": today - DAY}, {"from_day": today, "until_day": today}):
        with pytest.raises(mandating.WrongDays):
            propose(member, treasury, **days)
    with pytest.raises(mandating.Unsaid):
        propose(member, treasury, signed_by="  ")


def test_two_never_overlap(member, treasury):
    today = day_of(timezone.now())
    propose(member, treasury, from_day=today + 10 * DAY, until_day=today + 20 * DAY)

    for days in ((5, None), (5, 11), (10, 20), (19, 30), (12, 13)):
        with pytest.raises(mandating.Overlaps):
            propose(member, treasury, from_day=today + days[0] * DAY, until_day=days[1] and today + days[1] * DAY)
    propose(member, treasury, from_day=today, until_day=today + 10 * DAY)
    propose(member, treasury, from_day=today + 20 * DAY)


def test_the_database_holds_that_too(member, treasury):
    mandate = propose(member, treasury)
    values = {field: getattr(mandate, field) for field in ("cooperative", "receiver", "from_day", "proposed_by")}

    with pytest.raises(IntegrityError, match="mandate_one_receiver_at_a_time"), transaction.atomic():
        Mandate.objects.create(**values, signed_by="Me", proposed_at=timezone.now())


def test_who_proposed_or_works_for_either_or_has_no_right_does_not_agree(member, treasury):
    proposer = make_staff("finance")
    mandate = propose(member, treasury, by=proposer)
    inside = [make_member(one) for one in (member, treasury)]
    for person in inside:
        person.groups.set(proposer.groups.all())

    for person in (proposer, *inside, clerk()):
        with pytest.raises(mandating.NotYours):
            operations.approve_mandate(mandate_id=mandate.pk, by=person, now=timezone.now())


def test_a_refusal_says_why_and_is_the_end(member, treasury):
    mandate = propose(member, treasury)
    with pytest.raises(mandating.NoGrounds):
        operations.refuse_mandate(mandate_id=mandate.pk, reason=" ", by=head(), now=timezone.now())

    operations.refuse_mandate(mandate_id=mandate.pk, reason="Nobody signed.", by=head(), now=timezone.now())

    for again in (operations.approve_mandate, operations.withdraw_mandate):
        with pytest.raises(mandating.NotWaiting):
            again(mandate_id=mandate.pk, by=head(), now=timezone.now())
    propose(member, treasury)


@pytest.mark.parametrize(
    "change",
    [
        {"signed_by": "Me"},
        {"state": "WITHDRAWN"},
        {"state": "REFUSED", "ended_at": timezone.now(), "reason": "x"},
        {"until_day": day_of(timezone.now()) + 900 * DAY},
    ],
)
def test_a_proposal_is_never_edited(member, treasury, change):
    mandate = propose(member, treasury)

    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(**change)


def test_it_is_not_used_before_its_waiting_time_nor_agreed_to_by_its_proposer(member, treasury):
    now = timezone.now()
    mandate = propose(member, treasury, now=now)
    agreed = {"state": "APPROVED", "approved_at": now, "approved_by": head(), "usable_from": now + WAIT}
    for wrong in ({"usable_from": now + WAIT - DAY}, {"approved_by": clerk()}, {"approved_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.filter(pk=mandate.pk).update(**agreed | wrong)

    assert Mandate.objects.filter(pk=mandate.pk).update(**agreed) == 1


def test_mandates_stay(member, treasury):
    propose(member, treasury)

    with pytest.raises(DatabaseError), transaction.atomic():
        Mandate.objects.all().delete()
