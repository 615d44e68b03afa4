"""How transfers ended, at the office: one person says it on the page of the line or the payout, another agrees."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfilment.payouts import operations
from fulfilment.payouts.models import BankFileLine, Ending, Payout
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft, later, send, submitter
from tests.factories.people import make_staff, sign_in
from tests.factories.statements import camt053, paid
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
SAID = {"reason": "The name is not the account's", "paper": "pain.002 of Monday"}
PAGE_LIMIT = 18


@pytest.fixture
def sent():
    deliver((make_stockrecord(farm_gate="80.00"), 2), (make_stockrecord(farm_gate="30.00"), 1), method="card")
    return list(send(draft()).payouts.select_related("run").order_by("pk"))


@pytest.fixture
def line(sent):
    content = camt053(paid(sent[0], amount=Decimal("-171.00")))
    operations.take_in(name="statement.xml", content=content, by=submitter(), now=later())
    return BankFileLine.objects.get()


@pytest.fixture
def finance(client):
    return sign_in(client, make_staff("finance", first_name="Hind"))


@pytest.fixture
def director():
    return sign_in(Client(), make_staff("director", first_name="Driss"))


def read(answer) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\xa0", " ")


def states() -> list[str]:
    return list(Payout.objects.order_by("pk").values_list("state", flat=True))


def test_one_person_says_that_a_transfer_was_not_carried_out_and_another_agrees(sent, finance, director, clock):
    clock.move_to(later())
    sign_in(finance, make_staff("finance", first_name="Hind"))
    sign_in(director, make_staff("director", first_name="Driss"))
    reference = sent[0].reference
    page = read(finance.get(english("payout", reference)))
    unsaid = read(finance.post(english("not-carried-out", reference), {"reason": "x"}, follow=True))
    said = read(finance.post(english("not-carried-out", reference), SAID, follow=True))
    step = english("ending-step", Ending.objects.get().pk, "agree")
    own = read(finance.post(step, follow=True))
    before = states()
    agreed = read(director.post(step, follow=True))

    assert "The bank did not carry it out" in page
    assert "Say why, and what paper" in unsaid
    assert "another person agrees to it" in said
    assert "someone else has to agree" in own
    assert (before, states()) == (["EXPORTED", "EXPORTED"], ["RETURNED", "EXPORTED"])
    assert "agreed to" in agreed


def test_a_refused_file_gives_all_of_a_run_back(sent, finance, director, clock):
    clock.move_to(later())
    sign_in(finance, make_staff("finance"))
    sign_in(director, make_staff("director"))
    run = sent[0].run.reference
    finance.post(english("run-not-carried-out", run), SAID)
    page = read(director.get(english("payout-run", run)))

    director.post(english("ending-step", Ending.objects.get().pk, "agree"))

    page = " ".join(page.split())
    assert ("Payouts: 2" in page, "MAD 190.00" in page, "pain.002 of Monday" in page) == (True, True, True)
    assert states() == ["RETURNED", "RETURNED"]


def test_a_line_that_waits_is_said_to_be_of_a_payout_and_booked_once_another_agrees(
    line, sent, finance, director, clock
):
    clock.move_to(later())
    sign_in(finance, make_staff("finance"))
    sign_in(director, make_staff("director"))
    page = english("bank-line", line.pk)
    shown = finance.get(page).content.decode()
    wrong = finance.post(page, {"payout": "PAY-1"})
    refused = finance.post(page, {"payout": sent[1].reference})
    finance.post(page, {"payout": sent[0].reference, "reason": "a fee"})
    waits = read(director.get(english("bank-files")))
    director.post(english("ending-step", Ending.objects.get().pk, "agree"))

    assert f'<option value="{sent[0].reference}">' in shown
    assert (wrong.status_code, "No payout has this reference." in read(wrong)) == (422, True)
    assert (refused.status_code, "more than a bank charges" in read(refused)) == (422, True)
    assert ("To agree to" in waits, "MAD 11.00" in waits) == (True, True)
    line.refresh_from_db()
    assert (states(), line.closed_why) == (["SETTLED", "EXPORTED"], f"It is of {sent[0].reference}.")
    assert "Say so" not in read(finance.get(page))


def test_it_is_refused_with_a_reason_or_taken_back(line, sent, finance, director):
    for name, client, values in (("refuse", director, {"note": "Not a fee"}), ("withdraw", finance, {})):
        finance.post(english("bank-line", line.pk), {"payout": sent[0].reference})
        client.post(english("ending-step", Ending.objects.last().pk, name), values)

    assert list(Ending.objects.values_list("state", "answer")) == [("REFUSED", "Not a fee"), ("WITHDRAWN", "")]
    assert states() == ["EXPORTED", "EXPORTED"]


@pytest.mark.parametrize("group", ["support", "logistics", "catalogue"])
def test_to_others_it_is_closed(line, sent, client, group):
    sign_in(client, make_staff(group))
    run = sent[0].run.reference

    answers = {
        client.get(english("bank-line", line.pk)).status_code,
        client.post(english("bank-line", line.pk), {"payout": sent[0].reference}).status_code,
        client.post(english("not-carried-out", sent[0].reference), SAID).status_code,
        client.post(english("run-not-carried-out", run), SAID).status_code,
        client.post(english("ending-step", 1, "agree")).status_code,
    }

    assert (answers, Ending.objects.count()) == ({403}, 0)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_pages_open_in_each_language_and_ask_a_fixed_number(line, sent, finance, language):
    finance.post(english("run-not-carried-out", sent[0].run.reference), SAID)
    pages = [("bank-line", line.pk), ("bank-files",), ("payout-run", sent[0].run.reference)]
    pages.append(("payout", sent[0].reference))

    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            answer = finance.get(f"/{language}" + english(*page)[3:])
        assert (answer.status_code, len(asked) <= PAGE_LIMIT) == (200, True), (page, len(asked))
