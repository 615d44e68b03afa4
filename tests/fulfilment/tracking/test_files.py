"""Files of statuses: taken in whole, or refused with row and reason; and what a courier is sent."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from catalogue.kernel import tables
from fulfilment.jobs.models import Job
from fulfilment.tracking import operations
from fulfilment.tracking.gateways import OWN, Columns, NotToldSo
from fulfilment.tracking.models import StatusFile, TrackingEvent
from tests.factories.couriers import carried_by, make_courier

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def courier():
    return make_courier()


def take_in(courier, content, name="day.csv"):
    content = content.encode() if isinstance(content, str) else content
    return operations.take_in_file(courier_id=courier.pk, name=name, content=content, by=None, now=timezone.now())


def refusal(courier, content):
    with pytest.raises(tables.TableRefused) as refused:
        take_in(courier, content)
    kept = (TrackingEvent.objects.count(), StatusFile.objects.count(), Job.objects.count())
    assert kept == (0, 0, 0)
    return refused.value.sentences


def rows(*lines, heads="parcel,status,date"):
    return "\n".join((heads, *lines))


def test_a_file_is_taken_in_whole_and_again_adds_nothing(courier, run_jobs):
    parcel = carried_by(courier)
    content = rows(f"{parcel.reference},Picked up,20/11/2026 10:00", "AM-9,transit,2026-11-20")

    files = [take_in(courier, content) for _ in range(2)]
    run_jobs()

    parcel.refresh_from_db()
    told = {event.parcel: event for event in TrackingEvent.objects.all()}
    assert [(file.rows, file.new_rows) for file in files] == [(2, 2), (2, 0)]
    assert (parcel.state, told[parcel.reference].row) == ("IN_TRANSIT", 2)
    assert (told["AM-9"].outcome, told["AM-9"].row, told["AM-9"].occurred_at) == ("UNKNOWN_PARCEL", 3, NOON)


def test_a_workbook_is_read_by_the_courier_s_own_columns_and_its_others_are_left_out():
    courier = make_courier(columns=Columns(parcel="N° envoi", word="Situation", at="Le", key="Ligne"))
    book = tables.as_xlsx(("Ligne", "N° envoi", "Ville", "Situation", "Le"), [("7", "A-1", "Fès", "transit", NOON)])

    take_in(courier, book, "day.xlsx")

    event = TrackingEvent.objects.get()
    assert (event.key, event.parcel, event.word, event.occurred_at) == ("7", "A-1", "transit", NOON)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (rows("A-1,transit,2026-11-20", "A-1,Transit,2026-11-20"), ["Row 3: The same line stands in row 2 already."]),
        (rows("A-1,transit,tomorrow"), ["Row 2: Write the day and the hour like this: 2026-11-20 14:05."]),
        (rows("A-1,transit,1926-11-20"), ["Row 2: Write the day and the hour like this: 2026-11-20 14:05."]),
        (rows("A-1,transit,2026-12-20"), ["Row 2: This has not happened yet: 2026-12-20."]),
        (rows(",transit,2026-11-20", "A-1,,2026-11-20"), ["Row 2: Parcel: is empty.", "Row 3: Status: is empty."]),
        (
            rows('A-1,"transit,2026-11-20', "A-2,transit,2026-11-20"),
            ["Row 2: A quotation mark opens in this row and never closes."],
        ),
        (rows("A-1,transit,2026-11-20", heads="parcel,date,when"), ["Row 1: The column “when” is there twice."]),
        (rows("=HYPERLINK(1),transit,2026-11-20"), ["Row 2: Parcel: begins with “=”, like a formula."]),
    ],
)
def test_a_bad_file_is_refused_with_row_and_reason_and_nothing_of_it_is_kept(courier, content, said):
    assert refusal(courier, content)[: len(said)] == said


def test_200_000_rows_are_refused_before_they_are_read(courier):
    line = "AM-{},transit,2026-11-20 10:00"

    assert refusal(courier, rows(*(line.format(number) for number in range(200_000)))) == [
        "The file has more than 5,000 rows. Send one day at a time."
    ]


def test_an_event_told_otherwise_before_refuses_the_whole_file(courier):
    heads = "parcel,status,date,id"
    take_in(courier, rows("A-1,transit,2026-11-20,7", heads=heads))

    with pytest.raises(operations.ToldOtherwise) as refused:
        take_in(courier, rows("A-2,transit,2026-11-20,6", "A-1,delivered,2026-11-20,7", heads=heads))

    assert (refused.value.row, TrackingEvent.objects.count(), StatusFile.objects.count()) == (3, 1, 1)


def test_our_own_rounds_tell_nothing_by_file():
    with pytest.raises(NotToldSo):
        take_in(make_courier(gateway=OWN), rows("A-1,transit,2026-11-20"))
