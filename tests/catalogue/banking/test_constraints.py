"""What the database refuses, whoever asks: each as the application's own role."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.banking import operations
from catalogue.banking.models import AccountEvent, BankAccount, FormerContact
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
APPROVE = "state = 'APPROVED', approved_by_id = %(other)s, approved_at = now(), usable_from = now() + interval '72 h'"
PROPOSED = {
    "an account approved by its proposer": APPROVE.replace("%(other)s", "proposed_by_id"),
    "an account used before its time": APPROVE.replace("72 h", "71 h 59 min"),
    "an account approved by nobody": APPROVE.replace("%(other)s", "NULL"),
    "an account approved before it was proposed": APPROVE.replace("now()", "proposed_at - interval '1 s'"),
    "another number": "rib = %(rib)s",
    "another holder": "holder_name = 'Me'",
    "another proposer": "proposed_by_id = %(other)s",
    "another cooperative": "cooperative_id = cooperative_id + 1",
    "a refusal without a reason": "state = 'REFUSED', ended_at = now()",
    "the former account kept by the proposer": "former_kept_by_id = proposed_by_id, former_kept_at = now()",
    "an opening account": "route = 'opening'",
    "a blocked proposal": "state = 'BLOCKED', ended_at = now(), reason = 'x'",
}
APPROVED = {
    "an earlier hour": "usable_from = approved_at",
    "a later approval": "approved_at = approved_at + interval '1 s'",
    "back to a proposal": "state = 'PROPOSED', approved_by_id = NULL, approved_at = NULL, usable_from = NULL",
    "a refusal": "state = 'REFUSED', ended_at = now(), reason = 'x'",
    "an edit while blocking": "state = 'BLOCKED', ended_at = now(), reason = 'x', holder_name = 'Me'",
}


@pytest.fixture
def account():
    return propose_account(make_cooperative(), by=make_staff("finance"), now=timezone.now() - timedelta(days=1))


def run(statement, values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        connection.check_constraints()


def execute(statement, *, refused=(IntegrityError, DataError), **values):
    with pytest.raises(refused):
        run(statement, values)


def update(account, what):
    values = {"pk": account.pk, "other": make_staff("finance").pk, "rib": make_rib(5)}
    execute(f"UPDATE banking_bankaccount SET {what} WHERE id = %(pk)s", **values)


def test_the_approval_that_the_others_spoil_goes_through(account):
    approval = APPROVE.replace("%(other)s", str(make_staff("finance").pk))

    run(f"UPDATE banking_bankaccount SET {approval} WHERE id = {account.pk}", {})

    assert BankAccount.objects.get(pk=account.pk).state == "APPROVED"


def test_an_account_is_approved_by_another_person_and_then_blocked(account):
    operations.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=timezone.now())
    operations.block_account(account_id=account.pk, reason="returned", now=timezone.now())

    assert BankAccount.objects.get(pk=account.pk).state == "BLOCKED"


@pytest.mark.parametrize("what", PROPOSED.values(), ids=PROPOSED)
def test_a_proposal_is_never(account, what):
    update(account, what)


@pytest.mark.parametrize("what", APPROVED.values(), ids=APPROVED)
def test_an_approved_account_is_never_given(account, what):
    operations.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=timezone.now())

    update(account, what)


def test_an_ended_account_stays_as_it_ended(account):
    operations.refuse(account_id=account.pk, reason="no", by=make_staff("finance"), now=timezone.now())

    update(account, APPROVE)
    update(account, "reason = 'yes'")


def statement(cooperative, **values):
    row = {"cooperative_id": cooperative.pk, "bank_id": "230", "rib": make_rib(6), "holder_name": "x"}
    row |= {"state": "PROPOSED", "route": "office", "proposed_at": timezone.now(), "reason": ""} | values
    marks = ", ".join(f"%({name})s" for name in row)
    return f"INSERT INTO banking_bankaccount ({', '.join(row)}) VALUES ({marks})", row


def insert(cooperative, **values):
    words, row = statement(cooperative, **values)
    execute(words, **row)


def test_a_right_proposal_is_kept():
    run(*statement(make_cooperative()))

    assert BankAccount.objects.filter(state="PROPOSED").count() == 1


def test_an_account_never_begins_as_anything_but_a_proposal():
    now = timezone.now()
    whole = {"approved_at": now, "usable_from": now + timedelta(days=3), "approved_by_id": make_staff("finance").pk}

    insert(make_cooperative(), state="APPROVED", **whole)


def test_a_cooperative_with_an_account_never_gets_another_without_approval():
    now = timezone.now()

    insert(make_cooperative(), state="APPROVED", route="opening", approved_at=now, usable_from=now)


@pytest.mark.parametrize(
    "values",
    [
        {"rib": make_rib(6)[:-2] + "00"},
        {"rib": make_rib(6)[:-2] + f"{int(make_rib(6)[-2:]) % 97 + 1:02}"},
        {"rib": make_rib(6)[:-1]},
        {"rib": "A" * 24},
        {"rib": make_rib(6, bank="350")},
        {"bank_id": "999", "rib": make_rib(6, bank="999")},
        {"holder_name": ""},
    ],
)
def test_a_wrong_number_is_never_kept(values):
    insert(make_cooperative(), **values)


def test_of_one_cooperative_two_proposals_are_never_open(account):
    insert(account.cooperative)


@pytest.mark.parametrize("table", ["bankaccount", "accountevent", "formercontact"])
def test_nothing_is_ever_deleted(account, table):
    FormerContact.objects.create(cooperative=account.cooperative, changed_at=timezone.now())

    execute(f"DELETE FROM banking_{table}", refused=DatabaseError)
    execute(f"TRUNCATE banking_{table} CASCADE", refused=DatabaseError)


def test_what_happened_is_never_rewritten(account):
    FormerContact.objects.create(cooperative=account.cooperative, phone="+212611111111", changed_at=timezone.now())

    execute("UPDATE banking_accountevent SET new_rib = old_rib", refused=DatabaseError)
    execute("UPDATE banking_formercontact SET phone = ''", refused=DatabaseError)
    assert AccountEvent.objects.filter(account=account).count() == 1
