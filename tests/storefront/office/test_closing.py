"""Months at the office: who signs what, what is shown, journals to take away, opening again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfilment.closing.models import Month
from fulfilment.invoices.models import Invoice
from fulfilment.invoices.tasks import INVOICE
from fulfilment.jobs.models import Job
from tests.factories.closing import IN_OCTOBER, book, lock_month, sign_first
from tests.factories.people import make_staff, sign_in
from tests.factories.sales import make_order
from tests.storefront.office.addresses import english
from tests.storefront.office.test_prices import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def booked():
    return book("first")


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


@pytest.fixture
def director(client):
    person = make_staff("director")
    sign_in(client, person)
    return person


def address(name="month", *args):
    """Return a month's address in English."""
    return english(name, 2099, 12, *args).replace("2099-12", "2026-10")


def press(client, name, **data):
    return text_of(client.post(address("month-step", name), data, follow=True))


def seen_on(client) -> str:
    return client.get(address()).context["standing"].sha256


def test_months_are_listed_with_their_state(client, finance):
    page = text_of(client.get(english("closing")))

    assert "October 2026" in page
    assert "November 2026" in page


def test_finance_signs_and_a_director_locks(client, finance):
    said = press(client, "sign", seen=seen_on(client))
    assert "A second person signs these same figures" in said
    sign_in(client, make_staff("director"))

    assert "The month is locked" in press(client, "lock")
    assert Month.objects.get().state == "LOCKED"
    page = text_of(client.get(address()))
    assert "Signed second, and locked" in page


def test_finance_alone_locks_nothing(client, finance):
    press(client, "sign", seen=seen_on(client))

    assert client.post(address("month-step", "lock")).status_code == 403
    assert Month.objects.get().state == "CHECKED"


def test_a_director_who_signed_first_does_not_sign_second(client, director):
    press(client, "sign", seen=seen_on(client))

    assert "You signed first" in text_of(client.get(address()))
    assert "This takes a second person." in press(client, "lock")
    assert Month.objects.get().state == "CHECKED"


def test_figures_that_changed_are_told_and_void_the_signature(client, director):
    sign_first()
    book("meanwhile")

    assert "The figures changed since the first signature" in text_of(client.get(address()))
    assert "The figures changed meanwhile" in press(client, "lock")
    assert Month.objects.get().state == "OPEN"


def test_a_locked_month_is_opened_by_two(client, finance):
    lock_month()
    assert "Write in a few words why." in press(client, "ask", note="")
    assert "Asked." in press(client, "ask", note="an entry is wrong")
    assert client.post(address("month-step", "open")).status_code == 403
    sign_in(client, make_staff("director"))

    assert "an entry is wrong" in text_of(client.get(address()))
    assert "The month is open again." in press(client, "open")
    assert Month.objects.get().state == "OPEN"


def test_who_asked_takes_it_back_on_the_page(client, finance):
    lock_month()
    press(client, "ask", note="an entry is wrong")
    assert "Take it back" in text_of(client.get(address()))
    sign_in(client, make_staff("director"))
    assert "Only who asked takes it back" in press(client, "drop")
    sign_in(client, finance)

    assert "The month stays locked." in press(client, "drop")
    assert "not asked for any more" in text_of(client.get(address())).lower()
    assert Month.objects.get().state == "LOCKED"


def test_a_director_keeps_it_locked(client, director):
    lock_month()
    press(client, "ask", note="wrong")
    assert "This takes a second person." in press(client, "keep")
    sign_in(client, make_staff("director"))

    assert "The month stays locked." in press(client, "keep")


def test_what_was_not_invoiced_is_invoiced_at_the_press_of_a_button(client, finance, run_jobs):
    order = make_order(status="DELIVERED", method="card")
    order.events.create(kind="paid", at=IN_OCTOBER)
    assert "Invoice them now" in text_of(client.get(address()))

    press(client, "invoice")
    run_jobs()

    assert Invoice.objects.get().order == order
    assert "Invoice them now" not in text_of(client.get(address()))


def test_an_invoice_whose_job_is_dead_is_tried_again_at_the_press_of_the_button(client, finance, run_jobs):
    order = make_order(status="DELIVERED", method="card")
    order.events.create(kind="paid", at=IN_OCTOBER)
    Job.objects.create(
        task=INVOICE,
        key=f"invoice:{order.pk}",
        payload={"order_id": order.pk},
        state="DEAD",
        attempts=3,
        run_at=IN_OCTOBER,
        created_at=IN_OCTOBER,
    )

    press(client, "invoice")
    run_jobs()

    assert Invoice.objects.get().order == order


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_journals_are_taken_away_as_files(client, finance, ending):
    answer = client.get(address("month-journal", "bank", ending))

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="BQ-2026-10.{ending}"'
    assert answer.content[:2] == (b"PK" if ending == "xlsx" else b"\xef\xbb")


@pytest.mark.parametrize(
    "path", ["2026-13/", "2026-0/", "1999-01/", "2026-10/bank.pdf", "2026-10/shop.csv", "99999999999-10/"]
)
def test_what_is_no_month_or_journal_is_not_there(client, finance, path):
    assert client.get(english("closing") + path).status_code == 404


def test_what_is_no_step_is_not_there(client, finance):
    assert client.post(address("month-step", "steal")).status_code == 404
    assert client.get(address("month-step", "sign")).status_code == 405


@pytest.mark.parametrize("group", ["support", "logistics", "catalogue"])
def test_nobody_else_opens_them(client, group):
    sign_in(client, make_staff(group))

    assert client.get(english("closing")).status_code == 403
    assert client.get(address()).status_code == 403
    assert client.get(address("month-journal", "bank", "csv")).status_code == 403
    assert client.post(address("month-step", "sign")).status_code == 403


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_pages_open_in_each_language(client, finance, language):
    lock_month()
    for url in (english("closing"), address()):
        assert client.get(url.replace("/en/", f"/{language}/")).status_code == 200


def test_as_many_questions_for_one_entry_as_for_three(client, finance):
    client.get(address())  # who is asking is read once
    counts = []
    for name in ("a", "b", "c"):
        book(name)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address()).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[2]
