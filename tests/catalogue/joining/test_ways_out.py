"""How an application ends before its pages are open, how its phone is proved, and how two people give it another."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from catalogue.banking import operations as banking
from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Membership, Partner
from catalogue.joining import links, operations, queries
from catalogue.joining.models import Application, PhoneChange
from catalogue.kernel.invariants import violations
from storefront.notifications.models import Message
from tests.factories.banking import make_rib
from tests.factories.catalogue import make_cooperative
from tests.factories.joining import make_application, make_said, offer, prove, send_application
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
NEW = "+212740155555"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def broken():
    return [name for name, rows in violations() if rows and ("joining" in name or "accounts" in name)]


def again(application):
    said = make_said(ice=application.ice, register_no=application.register_no, phone=application.phone)
    return operations.apply(said=said, papers={}, now=timezone.now())


def propose(application, by, phone=NEW):
    return operations.propose_phone(
        application_id=application.pk, phone=phone, reason="The phone was stolen.", by=by, now=timezone.now()
    )


def agree(application, by):
    return operations.agree_to_phone(application_id=application.pk, by=by, now=timezone.now())


def test_the_office_looks_once_the_phone_is_proved():
    staff, now = make_staff("catalogue"), timezone.now()
    application = send_application(is_proved=False, now=now)

    assert list(queries.applications()) == []
    with pytest.raises(operations.NotProved):
        operations.take(application_id=application.pk, by=staff, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(state="IN_REVIEW")
    prove(application, now=now)

    assert list(queries.applications()) == [application]
    assert operations.take(application_id=application.pk, by=staff, now=now).state == "IN_REVIEW"


def test_five_wrong_codes_prove_nothing_and_another_takes_its_place(clock):
    application = send_application(is_proved=False, now=timezone.now())
    for _number in range(5):
        with pytest.raises(operations.WrongCode):
            operations.prove_phone(application_id=application.pk, code="x", now=timezone.now())
    with pytest.raises(operations.CodeEnded):
        prove(application, now=timezone.now())
    clock.shift(61)

    prove(operations.give_code(application_id=application.pk, now=timezone.now()), now=timezone.now())

    assert Application.objects.get().phone_proved_at is not None
    with pytest.raises(operations.WrongState):
        operations.give_code(application_id=application.pk, now=timezone.now() + timedelta(hours=1))


def test_the_address_of_the_page_goes_to_no_phone_that_nobody_proved():
    application = send_application(is_proved=False, now=timezone.now(), email="nassij@example.org")
    operations.refuse(application_id=application.pk, reason="A test.", by=make_staff("catalogue"), now=timezone.now())

    assert list(Message.objects.values_list("kind", flat=True)) == ["joining.code"]


def test_what_nobody_proved_gives_way_to_whoever_sends_it_again():
    first = send_application(is_proved=False, now=timezone.now())

    second = again(first)

    assert (Application.objects.get(pk=first.pk).state, second.state) == ("WITHDRAWN", "SENT")
    prove(second, now=timezone.now())
    with pytest.raises(operations.KnownAlready):
        again(second)


@pytest.mark.parametrize("state", ["APPROVED", "OFFERED", "AGREED"])
@pytest.mark.parametrize("way", ["refused", "withdrawn"])
def test_an_approved_application_may_end_and_frees_its_numbers(state, way):
    staff = make_staff("catalogue")
    application = make_application(state, approver=staff, rib=make_rib(61))
    details = {"application_id": application.pk, "reason": "The phone was not theirs.", "now": timezone.now()}

    if way == "refused":
        operations.refuse(by=staff, **details)
    else:
        operations.withdraw(**details)

    cooperative = Partner.objects.get()
    assert (cooperative.is_active, cooperative.closed_at) == (False, details["now"])
    assert BankAccount.objects.get().state == "WITHDRAWN"
    assert queries.agreement_of(cooperative) is None
    assert again(application).state == "SENT"
    assert broken() == []
    with pytest.raises(operations.WrongState):
        operations.activate(application_id=application.pk, code=links.code_of(application), now=timezone.now())


def test_an_account_that_was_agreed_to_ends_with_its_application():
    application = make_application("APPROVED", rib=make_rib(62))
    account = BankAccount.objects.get()
    make_agreed(account)

    operations.withdraw(application_id=application.pk, reason="No more.", now=timezone.now())

    assert BankAccount.objects.get().state == "BLOCKED"
    assert broken() == []


def make_agreed(account):
    banking.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=timezone.now())


def test_open_pages_are_not_withdrawn_and_ending_says_why():
    application, staff = make_application("AGREED"), make_staff("catalogue")
    with pytest.raises(operations.NoReason):
        operations.withdraw(application_id=application.pk, reason=" ", now=timezone.now())
    with pytest.raises(operations.NoRight):
        operations.withdraw(application_id=application.pk, reason="x", by=make_staff("support"), now=timezone.now())
    operations.activate(application_id=application.pk, code=links.code_of(application), now=timezone.now())

    with pytest.raises(operations.WrongState):
        operations.refuse(application_id=application.pk, reason="x", by=staff, now=timezone.now())


def test_a_cooperative_that_came_meanwhile_is_not_made_twice():
    staff = make_staff("catalogue")
    application = make_application("IN_REVIEW", approver=staff)
    make_cooperative(ice=application.ice)

    with pytest.raises(operations.KnownCooperative):
        operations.approve(application_id=application.pk, with_account=True, by=staff, now=timezone.now())

    assert Partner.objects.count() == 1


def test_two_people_give_the_contact_another_phone():
    one, two = make_staff("catalogue"), make_staff("catalogue")
    application = make_application("AGREED")
    old_key, old_code = links.key_for(application), links.code_of(application)

    change = propose(application, one)
    with pytest.raises(operations.PhoneInDoubt):
        operations.activate(application_id=application.pk, code=old_code, now=timezone.now())
    with pytest.raises(operations.OwnChange):
        agree(application, one)
    with pytest.raises(operations.AlreadyAsked):
        propose(application, two, "+212740166666")
    agree(application, two)

    found = Application.objects.get()
    assert (found.phone, Partner.objects.get().phone, change.former_phone) == (NEW, NEW, application.phone)
    assert not links.key_fits(found, old_key)
    told = {(one.kind, one.recipient) for one in Message.objects.filter(kind__contains="phone")}
    assert told == {("joining.phone_ask", application.phone), ("joining.phone_set", NEW)}
    assert Message.objects.filter(kind="joining.code").order_by("pk").last().recipient == NEW
    with pytest.raises(operations.WrongCode):
        operations.activate(application_id=application.pk, code=old_code, now=timezone.now())
    operations.activate(application_id=application.pk, code=links.code_of(found), now=timezone.now())
    assert Membership.objects.get().user.phone == NEW
    assert broken() == []


def test_in_the_review_the_other_phone_is_proved_before_the_approval():
    one, two = make_staff("catalogue"), make_staff("catalogue")
    application = make_application("IN_REVIEW", approver=one)
    propose(application, one)
    found = agree(application, two)

    with pytest.raises(operations.NotProved):
        operations.approve(application_id=found.pk, with_account=False, by=one, now=timezone.now())
    prove(found, now=timezone.now())

    assert operations.approve(application_id=found.pk, with_account=False, by=one, now=timezone.now()).phone == NEW


def test_before_the_terms_another_phone_gets_no_code_yet():
    application = make_application("APPROVED")
    propose(application, make_staff("catalogue"))

    found = agree(application, make_staff("catalogue"))

    assert found.codes_given == application.codes_given
    agreement = offer(found, make_staff("finance"), now=timezone.now())
    operations.accept_terms(application_id=found.pk, agreement_id=agreement.pk, name="Fatima", now=timezone.now())
    assert Message.objects.filter(kind="joining.code").order_by("pk").last().recipient == NEW


def test_a_phone_that_is_not_agreed_to_changes_nothing():
    one = make_staff("catalogue")
    application = make_application("AGREED")
    propose(application, one)

    operations.keep_phone(application_id=application.pk, reason="It was found.", by=one, now=timezone.now())

    operations.activate(application_id=application.pk, code=links.code_of(application), now=timezone.now())
    assert Membership.objects.get().user.phone == application.phone
    with pytest.raises(operations.WrongState):
        agree(application, make_staff("catalogue"))


def test_what_is_proposed_ends_with_its_application():
    application, staff = make_application("APPROVED"), make_staff("catalogue")
    propose(application, staff)

    operations.refuse(application_id=application.pk, reason="No.", by=staff, now=timezone.now())

    assert PhoneChange.objects.get().state == "REFUSED"


def test_who_may_not_give_another_phone():
    application, staff = make_application("APPROVED"), make_staff("catalogue", phone=NEW)

    with pytest.raises(operations.NoRight):
        propose(application, make_staff("support"))
    with pytest.raises(operations.OwnApplication):
        propose(application, staff)
    with pytest.raises(operations.SamePhone):
        propose(application, make_staff("catalogue"), application.phone)
    propose(application, make_staff("catalogue"))
    with pytest.raises(operations.OwnApplication):
        agree(application, staff)
    other = make_application()
    with pytest.raises(operations.WrongState):
        propose(other, make_staff("catalogue"), "+212740166666")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE joining_application SET phone = '+212740199999'",
        "UPDATE joining_phonechange SET state = 'AGREED', decided_by_id = proposed_by_id, decided_at = proposed_at",
        "UPDATE joining_phonechange SET phone = '+212740199999'",
        "DELETE FROM joining_phonechange",
    ],
)
def test_the_database_refuses_another_way(statement):
    propose(make_application("APPROVED"), make_staff("catalogue"))

    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)


def test_one_open_cooperative_has_an_ice():
    known = make_cooperative()

    with pytest.raises(DatabaseError), transaction.atomic():
        make_cooperative(ice=known.ice)
    Partner.objects.filter(pk=known.pk).update(is_active=False, closed_at=timezone.now())
    assert make_cooperative(ice=known.ice).ice == known.ice
