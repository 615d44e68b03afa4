"""A cooperative's own page of its bank account: the owner's alone, changed after a sign-in of this moment."""

import logging
import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.banking import operations
from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Partner
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_member, make_staff, sign_in

pytestmark = pytest.mark.django_db
RIB = make_rib(4_242)
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def argan() -> Partner:
    return make_cooperative(name="Argan Asni", short_name="Asni", slug="argan")


@pytest.fixture
def owner(client, argan):
    return sign_in(client, make_member(argan))


def address(name: str, *args: object, slug: str = "argan") -> str:
    with translation.override("en"):
        return reverse(f"portal:{name}", args=[slug, *args])


def proposal(**fields: str) -> dict[str, str]:
    return {"rib": RIB, "holder_name": "Coopérative Argan d'Asni"} | fields


def grow_old(client, method: str, minutes: int) -> None:
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    for record in records:
        if record["method"] == method:
            record["at"] = time.time() - minutes * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()


def test_an_owner_sees_bank_holder_and_four_digits(owner, argan):
    used = argan.bank_accounts.get()

    page = owner.get(address("account")).content.decode()

    assert all(words in page for words in ("CIH Bank", used.masked, used.holder_name))
    assert used.rib not in page


def test_an_owner_proposes_an_account_and_reads_what_follows(owner, argan):
    answer = owner.post(address("change-account"), proposal(rib=f"MA64 {RIB}"), follow=True)

    account = BankAccount.objects.get(state="PROPOSED")
    assert (account.rib, account.route, account.cooperative) == (RIB, "portal", argan)
    page = answer.content.decode()
    assert "Somebody at the office has to agree." in page
    assert "Until then no new payment is made" in page
    assert address("change-account") not in page
    assert RIB not in page


def test_an_agreed_account_says_from_when_on_it_is_used(owner, argan):
    account = propose_account(argan, now=timezone.now())
    operations.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=timezone.now())

    page = owner.get(address("account")).content.decode()

    assert "23 November 2026" in page
    assert "The office agreed." in page


def test_an_owner_keeps_the_account_as_it_was(owner, argan):
    account = propose_account(argan, now=timezone.now())

    owner.post(address("withdraw-account", account.pk))
    again = owner.post(address("withdraw-account", account.pk), follow=True)

    assert BankAccount.objects.get(pk=account.pk).state == "WITHDRAWN"
    assert "does not wait for an answer any more" in again.content.decode()


@pytest.mark.parametrize(
    ("rib", "said"),
    [
        ("", "Write the RIB"),
        (RIB[:-1], "these are 23"),
        (RIB[:-1].translate(ARABIC), "these are 23"),
        (RIB[:-1] + str((int(RIB[-1]) + 1) % 10), "One of the digits is wrong"),
        (RIB[:10] + "A" + RIB[11:], "digits only"),
        ("FR7630006000011234567890189", "account abroad"),
        ("MA37" + RIB, "begins with MA64"),
        (make_rib(1, bank="999"), "do not know the bank"),
        ("1" * 200, "at most 80"),
    ],
)
def test_a_wrong_number_is_refused_with_its_own_reason(owner, rib, said):
    answer = owner.post(address("change-account"), proposal(rib=rib))

    assert (answer.status_code, BankAccount.objects.filter(state="PROPOSED").exists()) == (422, False)
    assert said in answer.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("rib", [RIB.translate(ARABIC), f"{RIB[:3]} {RIB[3:6]} {RIB[6:22]} {RIB[22:]}", RIB + " "])
def test_a_number_is_read_as_people_type_it(owner, rib):
    owner.post(address("change-account"), proposal(rib=rib))

    assert BankAccount.objects.get(state="PROPOSED").rib == RIB


def test_a_holder_is_named_without_signs_that_nobody_sees(owner):
    answer = owner.post(address("change-account"), proposal(holder_name="\u202e"))

    assert answer.status_code == 422


def test_what_cannot_be_proposed_says_why(owner, argan):
    answer = owner.post(address("change-account"), proposal(rib=argan.bank_accounts.get().rib))

    assert (answer.status_code, "used already" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(("method", "page"), [("password", "account_reauthenticate"), ("mfa", "mfa_reauthenticate")])
def test_a_change_asks_for_password_and_code_of_this_moment(owner, method, page):
    grow_old(owner, method, minutes=6)

    opened = owner.get(address("change-account"))
    sent = owner.post(address("change-account"), proposal())
    grow_old(owner, method, minutes=21)
    too_late = owner.post(address("change-account"), proposal(rib=make_rib(4_243)))

    assert opened.url.split("?")[0].endswith(reverse(page).split("/", 2)[2])
    assert sent.url == address("account")  # what was opened freshly may be typed for a while
    assert too_late.url.split("?")[0].endswith(reverse(page).split("/", 2)[2])
    assert BankAccount.objects.filter(route="portal").count() == 1


@pytest.mark.parametrize("name", ["account", "change-account"])
def test_clerks_and_people_of_other_cooperatives_find_nothing(client, argan, name):
    for person in (make_member(argan, "clerk"), make_member(make_cooperative())):
        sign_in(client, person)
        answers = client.get(address(name)), client.post(address(name), proposal())

        assert [answer.status_code for answer in answers] == [404, 404]
    assert not BankAccount.objects.filter(state="PROPOSED").exists()


def test_nobody_withdraws_the_proposal_of_another_cooperative(owner, client, argan):
    account = propose_account(make_cooperative(), now=timezone.now())

    assert owner.post(address("withdraw-account", account.pk)).status_code == 404
    sign_in(client, make_member(argan, "clerk"))
    mine = propose_account(argan, now=timezone.now())
    assert client.post(address("withdraw-account", mine.pk)).status_code == 404


def test_a_visitor_signs_in_first(client, argan):
    assert "/accounts/login/" in client.get(address("account")).url


def test_the_page_asks_no_more_with_a_longer_history(owner, argan, django_assert_max_num_queries):
    for number in range(3):
        account = propose_account(argan, rib=make_rib(100 + number), now=timezone.now() - timedelta(days=30 - number))
        operations.withdraw(account_id=account.pk, by=make_staff("finance"), now=timezone.now())

    with django_assert_max_num_queries(12):
        owner.get(address("account"))


def test_no_number_reaches_the_log(owner, argan, caplog):
    with caplog.at_level(logging.DEBUG, logger=""), caplog.filtering(_NotSql()):
        owner.post(address("change-account"), proposal(rib=RIB[:-1]))
        owner.post(address("change-account"), proposal())
        owner.get(address("account"))

    assert RIB[6:22] not in caplog.text


class _NotSql(logging.Filter):
    """Statements are only written where someone debugs the database."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.name.startswith("django.db")
