"""Runs at the office: previewed, drafted, submitted by one person, approved by another, fetched, and paid."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.cooperatives.models import Partner
from fulfilment.jobs.models import Job
from fulfilment.payouts.models import BankFile, BankFileLine, Payout, PayoutMinimum, PayoutRun
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import AFTER, deliver, draft, send, submit
from tests.factories.people import make_staff, sign_in
from tests.factories.statements import Moved, camt053, paid

pytestmark = pytest.mark.django_db
PAGE_LIMIT = 17


def english(name: str, *args: object) -> str:
    return "/en" + reverse(f"office:{name}", args=args)[3:]


def read(answer) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\xa0", " ")


@pytest.fixture
def oil():
    return make_stockrecord(farm_gate="80.00", in_stock=40)


@pytest.fixture
def due(oil, clock):
    deliver((oil, 2), method="card")
    clock.shift(AFTER)


@pytest.fixture
def finance(client, clock):
    return sign_in(client, make_staff("finance", first_name="Hind"))


@pytest.fixture
def director():
    return sign_in(Client(), make_staff("director", first_name="Driss"))


def press(client, run, step, **values):
    return client.post(english("payout-run-step", run.reference, step), values, follow=True)


def test_a_run_goes_its_way_by_two_people(due, finance, director):
    preview = read(finance.get(english("payout-preview", "weekly")))
    drafted = finance.post(english("run-payouts", "weekly"), follow=True)
    run = PayoutRun.objects.get()
    press(finance, run, "submit")
    run.refresh_from_db()
    own = press(finance, run, "approve", seen=run.content_sha256)
    page = director.get(english("payout-run", run.reference)).content.decode()
    press(director, run, "approve", seen=run.content_sha256)
    press(finance, run, "export")
    file = english("payout-file", run.reference, "pain001")
    first, second = finance.get(file), director.get(file)

    assert "MAD 160.00" in preview
    assert "is drafted" in read(drafted)
    assert "someone else has to approve it" in read(own)
    assert (run.content_sha256 in page, "Approve exactly this" in page) == (True, True)
    run.refresh_from_db()
    assert (run.state, run.run_by.first_name, run.approved_by.first_name) == ("EXPORTED", "Hind", "Driss")
    assert first.content == second.content
    assert first["Content-Type"] == "application/xml"
    assert (first["Content-Disposition"], first["Cache-Control"]) == (
        f'attachment; filename="{run.reference}.xml"',
        "no-store",
    )


def test_a_second_press_drafts_nothing_more(due, finance):
    finance.post(english("run-payouts", "weekly"))

    again = finance.post(english("run-payouts", "weekly"), follow=True)

    assert (PayoutRun.objects.count(), "Nothing is to be paid now." in read(again)) == (1, True)


def test_a_big_run_is_drafted_by_a_worker_and_the_page_says_so(due, finance, monkeypatch, run_jobs):
    monkeypatch.setattr("fulfilment.payouts.operations.drafting.BIG", 0)

    answer = read(finance.post(english("run-payouts", "weekly"), follow=True))
    assert Job.objects.get(task="fulfilment.payouts.draft_run").queue == "bulk"
    meanwhile = PayoutRun.objects.count(), read(finance.get(english("payout-preview", "weekly")))
    run_jobs()

    assert "A worker is drafting this run" in answer
    assert (meanwhile[0], "A worker is drafting this run" in meanwhile[1]) == (0, True)
    assert PayoutRun.objects.get().run_by.first_name == "Hind"
    assert "A worker is drafting" not in read(finance.get(english("payout-preview", "weekly")))


def test_lists_are_cut_into_pages(oil, due, finance, monkeypatch):
    deliver(*((make_stockrecord(), 1) for _ in range(3)), method="card")
    monkeypatch.setattr("storefront.office.views.payouts.PER_PAGE", 2)
    monkeypatch.setattr("storefront.office.views.payout_runs.PER_PAGE", 2)

    first, second = (finance.get(english("payouts"), {"owed": number}).context for number in (1, 2))

    assert (len(first["owing"]), len(second["owing"]), first["owed_mad"]) == (2, 2, second["owed_mad"])
    assert set(first["owing"]).isdisjoint(second["owing"])
    preview = finance.get(english("payout-preview", "weekly")).context
    assert (len(preview["paid"]), preview["page_obj"].paginator.count) == (1, 1)


def test_a_run_is_sent_back_and_thrown_away_with_the_reasons(due, finance):
    run = submit(draft())
    offered = [form_of(finance, run, step) for step in ("send-back", "cancel")]

    press(finance, run, "send-back", reason="An account looks wrong")
    run.refresh_from_db()
    between = run.state
    page = read(press(finance, run, "cancel", reason="Drafted too early"))

    run.refresh_from_db()
    assert (between, run.state) == ("DRAFTED", "CANCELLED")
    assert ['name="reason"' in form for form in offered] == [True, True]
    assert ["required" in form for form in offered] == [True, False]
    assert [event.note for event in run.events.filter(kind__in=("sent_back", "cancelled"))] == [
        "An account looks wrong",
        "Drafted too early",
    ]
    assert ("An account looks wrong" in page, "Drafted too early" in page) == (True, True)


def form_of(client, run, step):
    page = client.get(english("payout-run", run.reference)).content.decode()
    return re.search(rf'<form[^>]*/{step}/".*?</form>', page, re.DOTALL).group(0)


@pytest.mark.parametrize("reason", [None, "", " \u200f "])
def test_a_run_is_not_sent_back_without_a_reason(due, finance, reason):
    run = submit(draft())

    page = read(press(finance, run, "send-back", **({} if reason is None else {"reason": reason})))

    run.refresh_from_db()
    assert (run.state, "Why it is sent back" in page) == ("SUBMITTED", True)


def test_a_draft_is_thrown_away_without_a_reason_too(due, finance):
    run = draft()

    press(finance, run, "cancel")

    run.refresh_from_db()
    assert run.state == "CANCELLED"


def test_the_preview_says_who_is_not_paid_and_why(due, oil, finance):
    answer = finance.post(
        english("payout-minimum", "weekly"), {"amount_mad": "200", "from_day": "2026-12-30"}, follow=True
    )
    PayoutMinimum.objects.create(from_day="2026-12-01", amount_mad=200, decided_at="2026-11-30T00:00Z")

    page = read(finance.get(english("payout-preview", "weekly")))

    assert "Saved." in read(answer)
    assert "Less than is paid at a time" in page
    assert "Draft this run" not in page


@pytest.mark.parametrize("group", ["support", "logistics", "catalogue"])
def test_to_others_runs_and_files_are_closed(due, client, group):
    run = send(draft())
    sign_in(client, make_staff(group))
    pages = [("payout-preview", "weekly"), ("payout-run", run.reference), ("bank-files",)]
    pages.append(("payout-file", run.reference, "pain001"))

    answers = [client.get(english(*page)).status_code for page in pages]
    answers.append(client.post(english("payout-run-step", run.reference, "approve")).status_code)
    answers.append(client.post(english("run-payouts", "weekly")).status_code)

    assert set(answers) == {403}


@pytest.mark.parametrize(
    "page", [("payout-preview", "daily"), ("payout-run", "NONE"), ("payout-file", "NONE", "pain001"), ("bank-file", 9)]
)
def test_what_is_not_there_is_not_found(finance, page):
    assert finance.get(english(*page)).status_code == 404


def upload(client, content: bytes, name: str = "releve.xml"):
    return client.post(english("bank-files"), {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_a_statement_settles_a_run_and_shows_what_it_did(due, finance):
    run = send(draft())
    content = camt053(paid(run.payouts.get()), Moved(-9, "PAY-20200101-W1-0001"))

    page = read(upload(finance, content))
    again = read(upload(finance, content))

    assert ("No payout has this reference." in page, run.payouts.get().reference in page) == (True, True)
    assert "taken in before" in again
    assert (Payout.objects.get().state, BankFile.objects.count()) == ("SETTLED", 1)
    line = BankFileLine.objects.get(outcome="HELD")
    assert "Waits for a person" in read(finance.get(english("bank-files")))
    closed = finance.post(english("close-bank-line", line.pk), {"why": "a mistake of the bank"}, follow=True)
    assert "a mistake of the bank" in read(closed)


def test_a_statement_that_does_not_add_up_is_refused_with_the_sums(due, finance):
    run = send(draft())

    answer = upload(finance, camt053(paid(run.payouts.get()), closing="1.00"))

    assert answer.status_code == 422
    assert "MAD 100,000.00 before" in read(answer)
    assert not BankFile.objects.exists()


def test_cash_is_noted_as_paid_by_a_person(due, oil, finance):
    Partner.objects.filter(pk=oil.partner_id).update(payout_method="cash_at_agency")
    payout = send(draft()).payouts.get()
    page = read(finance.get(english("payout", payout.reference)))

    finance.post(english("payout-step", payout.reference, "settle"), {"proof": ""})
    unsaid = Payout.objects.get().state
    finance.post(english("payout-step", payout.reference, "settle"), {"proof": "Receipt 12"})

    payout.refresh_from_db()
    assert "It was paid" in page
    assert ("on its way" in page, "to the bank" in page) == (True, False)
    assert (unsaid, payout.state, payout.proof, payout.settled_by.first_name) == (
        "EXPORTED",
        "SETTLED",
        "Receipt 12",
        "Hind",
    )


def test_cash_that_was_not_fetched_is_not_said_to_be_the_banks(due, oil, finance):
    Partner.objects.filter(pk=oil.partner_id).update(payout_method="cash_at_agency")
    payout = send(draft()).payouts.get()
    finance.post(english("payout-step", payout.reference, "return"), {"reason": "Nobody came"})

    page = read(finance.get(english("payout", payout.reference)))

    assert ("came back" in page, "Nobody came" in page, "by the bank" in page) == (True, True, False)


def test_those_to_whom_most_is_owed_stand_first_and_below_the_runs(oil, finance, monkeypatch):
    monkeypatch.setattr("storefront.office.views.payouts.PER_PAGE", 1)
    deliver((oil, 2), method="card")
    deliver((make_stockrecord(farm_gate="5.00"), 1), method="card")

    first, second = (read(finance.get(english("payouts"), {"owed": number})) for number in (1, 2))

    assert ["MAD 160.00" in page for page in (first, second)] == [True, False]
    assert ["MAD 5.00" in page for page in (first, second)] == [False, True]
    assert first.index("Runs") < first.index("Owed to each")


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_pages_open_in_each_language(due, finance, language):
    run = send(draft())
    upload(finance, camt053(paid(run.payouts.get()), Moved(-9, "PAY-1")))
    pages = [("payouts",), ("payout-preview", "weekly"), ("payout-run", run.reference), ("bank-files",)]
    pages.append(("bank-file", BankFile.objects.get().pk))

    found = {finance.get(f"/{language}" + english(*page)[3:]).status_code for page in pages}

    assert found == {200}


@pytest.mark.parametrize("name", ["payout-preview", "payout-run"])
def test_pages_ask_the_same_for_one_cooperative_and_for_three(oil, clock, finance, name, django_assert_num_queries):
    def page(run):
        return english(name, "weekly" if name == "payout-preview" else run.reference)

    deliver((oil, 2), method="card")
    clock.shift(AFTER)
    sign_in(finance, make_staff("finance"))
    one = draft() if name == "payout-run" else None
    finance.get(page(one))
    with CaptureQueriesContext(connection) as first:
        finance.get(page(one))
    asked = len(first)  # now: the next request forgets them
    deliver(*((make_stockrecord(), 1) for _ in range(3)), method="card")
    clock.shift(AFTER)
    sign_in(finance, make_staff("finance"))
    three = draft() if name == "payout-run" else None
    finance.get(page(three))

    assert asked <= PAGE_LIMIT
    with django_assert_num_queries(asked):
        finance.get(page(three))


def test_a_missing_statement_and_what_the_ledger_has_are_told(due, finance):
    run = send(draft())
    upload(finance, camt053(Moved(50, day="2026-11-16"), opening="100.00"), "first.xml")

    shown = read(upload(finance, camt053(paid(run.payouts.get()), opening="400.00"), "third.xml"))

    words = " ".join(shown.split())
    assert "A statement before this one is missing: none ended with MAD 400.00" in words
    assert "On the ledger's bank account on" in words
    assert "Statements that are missing" in read(finance.get(english("bank-files")))
