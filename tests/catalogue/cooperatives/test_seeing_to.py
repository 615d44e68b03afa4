"""What the office does with a cooperative: its contact, its owners, closing it; each with a row that says why."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from catalogue.banking import queries as banking
from catalogue.cooperatives import operations
from catalogue.cooperatives.models import Appointment, CooperativeStep, Membership, Partner
from catalogue.people.models import User
from storefront.notifications.models import Message
from tests.factories.banking import propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_member, make_person, make_staff

pytestmark = pytest.mark.django_db
OLD, NEW = "+212661111111", "+212662222222"


@pytest.fixture
def argan():
    return make_cooperative(name="Argan d'Asni", slug="argan", phone=OLD)


def propose(cooperative, by, phone=NEW, **fields):
    values = {"name": "Fatima", "reason": "The president changed.", "now": timezone.now()} | fields
    return operations.propose_owner(cooperative_id=cooperative.pk, phone=phone, by=by, **values)


def agree(appointment, by):
    return operations.agree_to_owner(appointment_id=appointment.pk, by=by, now=timezone.now())


def reach(cooperative, by, **fields):
    values = {name: getattr(cooperative, name) for name in operations.CONTACT} | fields
    return operations.change_contact(
        cooperative_id=cooperative.pk, values=values, reason="They called.", by=by, now=timezone.now()
    )


def test_a_contact_is_changed_with_a_row_and_the_former_one_is_told(argan):
    staff = make_staff("catalogue")

    step = reach(argan, staff, phone=NEW, spoken_language="tachelhit")

    argan.refresh_from_db()
    assert (argan.phone, argan.spoken_language) == (NEW, "tachelhit")
    assert (step.by, step.changed) == (staff, {"phone": [OLD, NEW], "spoken_language": ["ar", "tachelhit"]})
    told = Message.objects.filter(kind="cooperative.contact_changed").values_list("recipient", flat=True)
    assert set(told) == {OLD, NEW}
    with pytest.raises(operations.NothingChanged):
        reach(argan, staff)
    with pytest.raises(operations.NoRight):
        reach(argan, make_staff("finance"), phone=OLD)


def test_an_owner_is_made_by_two(argan):
    one, two = make_staff("catalogue"), make_staff("catalogue")
    appointment = propose(argan, one)

    assert not Membership.objects.exists()
    with pytest.raises(operations.OwnProposal):
        agree(appointment, one)
    with pytest.raises(operations.AlreadyProposed):
        propose(argan, two, phone="+212663333333")
    membership = agree(appointment, two)

    assert (membership.cooperative, membership.role, membership.user.phone) == (argan, "owner", NEW)
    assert (membership.user.phone_verified_at, membership.user.has_usable_password()) == (None, False)
    assert [(step.kind, step.by, step.about) for step in argan.steps.order_by("pk")] == [
        ("owner_ask", one, f"Fatima · {NEW}"),
        ("owner_made", two, f"Fatima · {NEW}"),
    ]
    assert Message.objects.get(kind="cooperative.owner_proposed").recipient == OLD
    with pytest.raises(operations.NotWaiting):
        agree(appointment, make_staff("catalogue"))


def test_a_clerk_may_become_an_owner_with_the_account_they_have(argan):
    clerk = make_person(phone=NEW)
    Membership.objects.create(cooperative=argan, user=clerk, role="clerk")

    membership = agree(propose(argan, make_staff("catalogue")), make_staff("catalogue"))

    assert (membership.user, membership.role, User.objects.filter(phone=NEW).count()) == (clerk, "owner", 1)


def test_who_may_not_be_or_make_an_owner(argan):
    staff, worker = make_staff("catalogue", phone=NEW), make_staff("director")
    Membership.objects.create(cooperative=argan, user=worker, role="clerk")
    owner = make_member(argan, phone="+212664444444")

    with pytest.raises(operations.NoRight):
        propose(argan, make_staff("support"))
    with pytest.raises(operations.WorksThere):
        propose(argan, staff)
    with pytest.raises(operations.WorksThere):
        propose(argan, worker)
    with pytest.raises(operations.NotAnOwner):
        propose(argan, make_staff("catalogue"))
    with pytest.raises(operations.OwnerAlready):
        propose(argan, staff, phone=owner.phone)
    with pytest.raises(operations.NoReason):
        propose(argan, staff, phone="+212663333333", reason=" ")


def test_a_refused_owner_is_none(argan):
    staff = make_staff("catalogue")
    appointment = propose(argan, staff)

    operations.refuse_owner(appointment_id=appointment.pk, reason="It was a mistake.", by=staff, now=timezone.now())

    assert (Appointment.objects.get().state, Membership.objects.exists()) == ("REFUSED", False)


def test_someone_works_for_it_no_more(argan):
    owner = make_member(argan)

    operations.end_membership(
        membership_id=argan.memberships.get().pk,
        reason="She left.",
        by=make_staff("catalogue"),
        now=timezone.now(),
    )

    assert not argan.memberships.exists()
    assert str(owner) in argan.steps.get().about


def test_a_closed_cooperative_is_paid_still_and_its_account_may_be_another_s(argan):
    other, director, now = make_cooperative(), make_staff("director"), timezone.now()
    account = argan.bank_accounts.get()
    with pytest.raises(operations.NoRight):
        operations.close_cooperative(cooperative_id=argan.pk, reason="x", by=make_staff("catalogue"), now=now)

    operations.close_cooperative(cooperative_id=argan.pk, reason="It joined another.", by=director, now=now)

    found = Partner.objects.get(pk=argan.pk)
    assert (found.is_active, found.closed_at) == (False, now)
    assert banking.usable_accounts([argan.pk], now) == {argan.pk: account}
    proposed = propose_account(other, rib=account.rib, by=director, now=now)
    assert (proposed.state, banking.standing(other.pk, now).hold) == ("PROPOSED", "changing")


def test_what_was_closed_is_opened_again_while_its_number_is_free(argan):
    director, now = make_staff("director"), timezone.now()
    details = {"cooperative_id": argan.pk, "reason": "A mistake.", "by": director, "now": now}
    with pytest.raises(operations.WrongState):
        operations.open_again(**details)
    operations.close_cooperative(**details)
    other = make_cooperative(ice=argan.ice)
    with pytest.raises(operations.NumberTaken):
        operations.open_again(**details)
    Partner.objects.filter(pk=other.pk).update(is_active=False, closed_at=now)

    operations.open_again(**details)

    assert (Partner.objects.get(pk=argan.pk).is_active, argan.steps.count()) == (True, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE partner_appointment SET state = 'AGREED', decided_by_id = proposed_by_id, decided_at = proposed_at",
        "UPDATE partner_appointment SET phone = '+212663333333'",
        "DELETE FROM partner_appointment",
        "UPDATE partner_cooperativestep SET reason = 'x'",
        "DELETE FROM partner_cooperativestep",
    ],
)
def test_the_database_keeps_what_was_done(argan, statement):
    propose(argan, make_staff("catalogue"))

    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)
    assert (CooperativeStep.objects.get().reason, Appointment.objects.get().phone) == ("The president changed.", NEW)
