"""The office's side of bank accounts: seen by finance, decided by a second person after a sign-in of this moment."""

import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.banking.models import BankAccount
from fulfilment.payouts import operations as payouts
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import approver, deliver, draft, hand_in_cash, later, submit
from tests.factories.people import make_member, make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def argan():
    return make_cooperative(name="Argan d'Asni", slug="argan")


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def press(client, account, name, **fields):
    return client.post(english("account-step", account.pk, name), fields, follow=True).content.decode()


def test_the_list_shows_what_waits_with_both_accounts_and_its_age(client, finance, argan):
    account = propose_account(argan, now=timezone.now() - timedelta(hours=5))

    page = client.get(english("accounts")).content.decode()

    assert all(words in page for words in (account.masked, account.former.masked, "5\xa0hours", "CIH Bank"))
    assert account.rib not in page
    assert account.former.rib not in page


def test_another_person_agrees(client, finance, argan):
    account = propose_account(argan, by=make_member(argan), now=timezone.now())

    page = press(client, account, "approve", rib=f"MA64 {account.rib[:12]} {account.rib[12:]}")

    found = BankAccount.objects.get(pk=account.pk)
    assert (found.state, found.approved_by, found.usable_from - found.approved_at) == (
        "APPROVED",
        finance,
        timedelta(hours=72),
    )
    assert "agreed, not used yet" in page
    assert account.rib not in page


def test_whoever_agrees_types_the_number_from_the_paper(client, finance, argan):
    account = propose_account(argan, now=timezone.now())

    nothing, short = press(client, account, "approve"), press(client, account, "approve", rib=account.rib[1:])
    other = press(client, account, "approve", rib=make_rib(4321))

    assert BankAccount.objects.get(pk=account.pk).state == "PROPOSED"
    assert "Write the RIB: the 24 digits" in nothing
    assert "these are 23" in short
    assert "This is not the number that was proposed." in other
    assert "another number was typed" in other
    assert account.rib not in nothing + short + other


def test_whoever_proposed_an_account_does_not_decide(client, finance, argan):
    client.post(english("propose-account", "argan"), {"rib": make_rib(9), "holder_name": "Asni"})
    account = BankAccount.objects.get(state="PROPOSED")

    page = press(client, account, "approve", rib=account.rib)

    assert (account.route, account.proposed_by) == ("office", finance)
    assert BankAccount.objects.get(pk=account.pk).state == "PROPOSED"
    assert "Someone else than the person who proposed an account decides on it." in page
    assert english("account-step", account.pk, "approve") not in page


def test_a_refusal_needs_words(client, finance, argan):
    account = propose_account(argan, now=timezone.now())

    assert "Write in a few words why." in press(client, account, "refuse", note=" ")
    page = press(client, account, "refuse", note="The paper is of someone else.")

    assert BankAccount.objects.get(pk=account.pk).state == "REFUSED"
    assert "The paper is of someone else." in page


def test_the_former_account_is_kept_meanwhile(client, finance, argan):
    account = propose_account(argan, now=timezone.now())

    press(client, account, "keep")

    assert BankAccount.objects.get(pk=account.pk).former_kept_by == finance


def test_an_account_is_blocked_with_words(client, finance, argan):
    account = argan.bank_accounts.get()

    press(client, account, "block", note="It came back.")
    page = client.get(english("accounts-of", "argan")).content.decode()

    assert BankAccount.objects.get(pk=account.pk).state == "BLOCKED"
    assert "Its bank account is blocked." in page


def test_a_payment_under_way_is_shown_and_stopped_by_blocking_the_former_account(client, finance):
    record = make_stockrecord()
    deliver((record, 1))
    hand_in_cash()
    run = submit(draft())
    account = propose_account(record.partner, now=timezone.now())

    page = client.get(english("account", account.pk)).content.decode()
    press(client, account.former, "block", note="They lost their cheque book.")

    assert run.payouts.get().reference in page
    assert english("account-step", account.former.pk, "block") in page
    with pytest.raises(payouts.HeldMeanwhile):
        payouts.approve(run_id=run.pk, seen=run.content_sha256, by=approver(), now=later())


def test_a_wrong_number_on_behalf_is_refused_in_words(client, finance, argan):
    answer = client.post(english("propose-account", "argan"), {"rib": "12", "holder_name": "Asni"})

    assert (answer.status_code, "these are 2" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["approve", "refuse", "keep", "block"])
def test_each_step_asks_for_a_sign_in_of_this_moment(client, finance, argan, name):
    account = propose_account(argan, now=timezone.now())
    session = client.session
    records = [record | {"at": time.time() - 21 * 60} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()

    answer = client.post(english("account-step", account.pk, name), {"note": "why", "rib": account.rib})

    assert "reauthenticate" in answer.url
    assert english("account", account.pk).replace("/", "%2F") in answer.url
    assert BankAccount.objects.get(pk=account.pk).state == "PROPOSED"


@pytest.mark.parametrize(
    ("group", "status"), [("support", 403), ("catalogue", 403), ("logistics", 403), ("finance", 200), ("director", 200)]
)
def test_pages_open_by_right(client, argan, group, status):
    account = propose_account(argan, now=timezone.now())
    sign_in(client, make_staff(group))

    pages = [english("accounts"), english("account", account.pk), english("accounts-of", "argan")]
    pages.append(english("propose-account", "argan"))
    assert [client.get(page).status_code for page in pages] == [status] * 4
    if status == 403:
        assert client.post(english("account-step", account.pk, "approve")).status_code == 403


def test_to_a_cooperative_the_pages_do_not_exist(client, argan):
    account = propose_account(argan, now=timezone.now())
    sign_in(client, make_member(argan))

    answers = [client.get(english("account", account.pk)), client.get(english("accounts"))]
    answers.append(client.post(english("account-step", account.pk, "approve")))
    assert [answer.status_code for answer in answers] == [404] * 3


def test_steps_and_accounts_that_do_not_exist(client, finance, argan):
    account = propose_account(argan, now=timezone.now())

    assert client.post(english("account-step", account.pk, "steal")).status_code == 404
    assert client.get(english("account-step", account.pk, "approve")).status_code == 405
    assert client.get(english("account", account.pk + 1000)).status_code == 404
    assert client.get(english("accounts-of", "nobody")).status_code == 404


def test_the_list_asks_no_more_for_three_than_for_one(client, finance):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(english("accounts"))
        return len(queries)

    propose_account(make_cooperative(), now=timezone.now())
    asked()
    one = asked()
    for _ in range(2):
        propose_account(make_cooperative(), now=timezone.now())

    assert asked() == one
