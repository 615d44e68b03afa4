"""Couriers' files at the office: taken in after a look, what differs seen to, by right."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.models import CashCollected, CashRemittance, MissingCash, RemittanceFile, RemittanceLine
from tests.factories.people import make_staff, sign_in
from tests.factories.remittances import collect, confirm, sheet, take_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(run_jobs):
    return collect(run_jobs)


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def send(client, rows, content, **typed):
    values = {
        "courier": rows[0].courier_id,
        "received": "305",
        "received_on": "2026-11-20",
        "reference": "V 1",
        "file": SimpleUploadedFile("novembre.csv", content),
    }
    return client.post(english("remittances"), values | typed)


def page_of(client, name, *args):
    return client.get(english(name, *args)).content.decode().replace("\xa0", " ")


def press(client, kind, case, name, **data):
    return client.post(english("remittance-difference-step", kind, case.pk, name), data, follow=True).content.decode()


def test_a_file_is_looked_at_and_then_booked(client, finance, rows):
    answer = send(client, rows, sheet((rows[0].parcel, 155), (rows[1].parcel, 150)))
    file = RemittanceFile.objects.get()
    assert answer.url == english("remittance", file.pk)
    page = page_of(client, "remittance", file.pk)
    assert [words in page for words in ("As collected", "Another amount", "MAD 150.00", "Book it so")] == [True] * 4
    assert not CashRemittance.objects.exists()

    seen = page.split('name="seen" value="')[1].split('"')[0]
    done = client.post(english("remittance-step", file.pk, "confirm"), {"seen": seen}, follow=True).content.decode()

    assert "Booked. What differs is with you now" in done
    assert CashRemittance.objects.get().amount == 305
    assert RemittanceLine.objects.exclude(state="MATCHED").get().owner == finance
    again = client.post(english("remittance-step", file.pk, "confirm"), {"seen": seen}, follow=True).content.decode()
    assert ("booked already" in again, CashRemittance.objects.count()) == (True, 1)
    for language in ("ar", "fr"):
        assert client.get(english("remittance", file.pk).replace("/en/", f"/{language}/")).status_code == 200


def test_a_bad_file_is_refused_on_the_page_with_row_and_reason(client, finance, rows):
    answer = send(client, rows, sheet((rows[0].parcel, 155), (rows[0].parcel, 150)))

    page = answer.content.decode()
    assert (answer.status_code, "Row 3: Parcel:" in page, "is in row 2 already." in page) == (422, True, True)
    assert not RemittanceFile.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"received": "-1"}, "received"),
        ({"received": "0"}, "received"),
        ({"fees": "-1"}, "fees"),
        ({"reference": " "}, "reference"),
        ({"courier": "9999"}, "courier"),
        ({"file": ""}, "file"),
    ],
)
def test_what_is_typed_wrongly_is_said_beside_its_field(client, finance, rows, typed, field):
    answer = send(client, rows, sheet((rows[0].parcel, 155)), **typed)

    assert (answer.status_code, f'id="id_{field}_error"' in answer.content.decode()) == (422, True)
    assert not RemittanceFile.objects.exists()


def test_the_same_file_again_leads_to_the_first(client, finance, rows):
    content = sheet((rows[0].parcel, 155))

    answers = [send(client, rows, content), send(client, rows, content, reference="V 2")]

    assert {answer.url for answer in answers} == {english("remittance", RemittanceFile.objects.get().pk)}


def test_what_changed_meanwhile_is_shown_again_before_it_is_booked(client, finance, rows):
    file = take_in(rows[0].courier, sheet((rows[0].parcel, 155)), "155")

    step = english("remittance-step", file.pk, "confirm")
    page = client.post(step, {"seen": "other"}, follow=True).content.decode()

    assert "Look again, then confirm." in page
    assert not CashRemittance.objects.exists()
    client.post(english("remittance-step", file.pk, "drop"))
    assert not RemittanceFile.objects.exists()


def test_a_difference_is_handed_over_closed_and_a_surplus_placed(client, finance, rows):
    colleague = make_staff("finance")
    confirm(take_in(rows[0].courier, sheet((rows[0].parcel, 150), ("WRONG-1", 155)), "305"))
    short, surplus = RemittanceLine.objects.order_by("number")
    page = page_of(client, "remittance-differences")
    assert [words in page for words in ("nobody sees to it yet", "MAD -5.00", "surplus", "WRONG-1")].count(True) >= 3

    press(client, "line", short, "take")
    short.refresh_from_db()
    assert short.owner == finance
    press(client, "line", short, "hand", to=colleague.pk)
    assert "Write in a few words why." in press(client, "line", short, "close", how="AGREED", reason=" ")
    press(client, "line", short, "close", how="AGREED", reason="comes on Monday")
    refused = press(client, "line", surplus, "place", parcel="NONE", reason="x")
    press(client, "line", surplus, "place", parcel=rows[2].parcel, reason="misprinted")

    short.refresh_from_db()
    assert (short.owner, short.how, "No parcel of this courier" in refused) == (colleague, "AGREED", True)
    assert CashCollected.objects.get(pk=rows[2].pk).remittance is not None
    assert "closed already" in press(client, "line", surplus, "take")


def test_cash_in_no_file_is_listed_with_its_age(client, finance, rows, clock):
    clock.shift(9 * 24 * 3600)
    operations.note_missing(now=timezone.now())

    page = page_of(client, "remittance-differences")

    assert [row.parcel in page for row in rows] == [True] * 3
    assert "for 2 days" in page
    press(client, "missing", MissingCash.objects.earliest("pk"), "close", how="MISTAKE", reason="counted twice")
    assert rows[0].parcel not in page_of(client, "remittance-differences")
    assert "Cash to see to" in page_of(client, "home")


def test_agreed_days_are_noted_within_bounds(client, finance, rows):
    for days in ("3", "0", "x"):
        client.post(english("remittance-days"), {"courier": rows[0].courier_id, "days": days})

    assert rows[0].courier.remits.days == 3


def test_logistics_reads_and_presses_nothing_and_support_sees_nothing(client, rows):
    file = confirm(take_in(rows[0].courier, sheet((rows[0].parcel, 150)), "150"))
    line = RemittanceLine.objects.get()
    pages = [english("remittances"), english("remittance", file.pk), english("remittance-differences")]
    buttons = [
        english("remittances"),
        english("remittance-step", file.pk, "drop"),
        english("remittance-difference-step", "line", line.pk, "take"),
        english("remittance-days"),
    ]
    found = {}
    for group in ("logistics", "support"):
        sign_in(client, make_staff(group))
        found[group] = (
            {client.get(page).status_code for page in pages},
            {client.post(one).status_code for one in buttons},
        )

    assert found == {"logistics": ({200}, {403}), "support": ({403}, {403})}


def test_what_is_not_there_is_not_found(client, finance, rows):
    assert [
        client.get(english("remittance", 10**9)).status_code,
        client.post(english("remittance-step", 10**9, "confirm")).status_code,
        client.post(english("remittance-step", 1, "forget")).status_code,
        client.post(english("remittance-difference-step", "line", 10**9, "take")).status_code,
        client.post(english("remittance-difference-step", "other", 1, "take")).status_code,
    ] == [404] * 5


def test_pages_ask_the_same_for_one_line_and_for_three(client, finance, rows):
    counts = []
    for number, lines in ((1, rows[:1]), (2, rows[1:])):
        strange = [(f"{number}-{row.parcel}", 5) for row in lines]
        file = take_in(
            rows[0].courier, sheet(*((row.parcel, 150) for row in lines), *strange), "150", reference=f"{number}"
        )
        confirm(file)
        asked = []
        for page in (english("remittances"), english("remittance", file.pk), english("remittance-differences")):
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            asked.append(len(queries))
        counts.append(asked)

    assert counts[0] == counts[1]
