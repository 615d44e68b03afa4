"""The office's pages of recalls: looked at first, confirmed, followed and closed by those who may."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.lots.models import Lot
from fulfilment.recalls.models import Recall
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.factories.recalls import call_back, pack
from tests.factories.receiving import make_hub
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
DANGER = "germs that can make ill were found"


@pytest.fixture
def oil():
    record = make_stockrecord(in_stock=0)
    make_lot(record, 20, number="Oil-1")
    return record


def deliver(record, pieces=2, **fields):
    order = make_held_order((record, pieces), **fields)
    move_to(open_parcels(order)[0], "DELIVERED")
    return order


@pytest.fixture
def office(client):
    return sign_in(client, make_staff("logistics"))


def form(**fields):
    return {"lots": "Oil-1\n", "danger": "germs", "source": "fault", "key": uuid4(), "step": "preview"} | fields


def test_a_recall_is_looked_at_and_nothing_happens_before_it_is_confirmed(office, oil):
    deliver(oil)
    wanted = form(words_fr="Ne pas ouvrir")

    asked = office.get(english("recall-new") + f"?lot={Lot.objects.get().pk}").content.decode()
    seen = office.post(english("recall-new"), wanted)
    before = (Recall.objects.count(), Lot.objects.get().state)
    changed = office.post(english("recall-new"), wanted | {"step": "edit"})
    answers = [office.post(english("recall-new"), wanted | {"step": "confirm"}).url for _press in range(2)]

    recall = Recall.objects.get()
    assert "Oil-1" in asked
    assert (seen.status_code, before, changed.status_code) == (200, (0, "RELEASED"), 200)
    assert "Buyers to tell" in seen.content.decode()
    assert set(answers) == {english("recall", recall.pk)}
    assert (Lot.objects.get().state, recall.words_fr) == ("RECALLED", "Ne pas ouvrir")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lots": "Oil-1\n\nNOBODY"}, "Line 3: we know no lot NOBODY."),
        ({"lots": " "}, "This field is required."),
        ({"lots": "\n".join(f"L{n}" for n in range(51))}, "at most 50 lots"),
        ({"danger": "taste"}, "Select a valid choice"),
        ({"source": ""}, "This field is required."),
        ({"danger": "other", "words_fr": "verre", "words_ar": "زجاج"}, "Say in your words"),
        ({"key": "x"}, "Enter a valid UUID."),
    ],
)
@pytest.mark.parametrize("step", ["preview", "confirm"])
def test_what_is_wrong_is_said_and_nothing_is_called_back(office, oil, fields, said, step):
    answer = office.post(english("recall-new"), form(**fields, step=step))

    assert (answer.status_code, Recall.objects.count()) == (422, 0)
    assert said in answer.content.decode()


def test_a_lot_that_is_called_back_already_is_named_with_its_recall(office, oil):
    recall = call_back("Oil-1")

    seen = office.post(english("recall-new"), form())
    answer = office.post(english("recall-new"), form(step="confirm"))

    for page in (seen, answer):
        assert f"Lot Oil-1 is called back already: {recall.number}." in page.content.decode()
    assert (answer.status_code, Recall.objects.count()) == (422, 1)


def test_the_page_shows_who_was_told_and_who_was_not(office, oil, run_jobs):
    told, failed, waits = (deliver(oil, 1, phone=f"+2126123456{number}") for number in (10, 11, 12))
    kept = make_held_order((oil, 1))
    open_parcels(kept)
    recall = call_back("Oil-1")
    run_jobs()
    Message.objects.filter(order=failed).update(state="FAILED")
    Message.objects.filter(order=waits).update(state="WAITING", sent_at=None)

    page = office.get(english("recall", recall.pk))

    assert page.status_code == 200
    assert [page.context[name] for name in ("sent", "failed", "waits", "nobody")] == [1, 1, 1, 0]
    rows = {row.order.number: row.told and str(row.told[0]) for row in page.context["rows"]}
    assert rows[told.number] == "told"
    assert (rows[failed.number], rows[waits.number], rows.get(kept.number)) == ("not reached", "being told", None)


def queries_of(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    return len(captured)


def test_the_pages_take_as_many_queries_for_one_order_as_for_three(office, oil):
    other = make_stockrecord(in_stock=0)
    make_lot(other, 10, number="Oil-3")
    deliver(oil, 1)
    for _ in range(3):
        deliver(other, 1)

    one = call_back("Oil-1")
    before = queries_of(office, english("recalls"))
    three = call_back("Oil-3")

    assert queries_of(office, english("recall", one.pk)) == queries_of(office, english("recall", three.pk))
    assert queries_of(office, english("recalls")) == before


def test_its_table_names_lots_orders_and_parcels_but_no_buyer(office, oil):
    order = deliver(oil, buyer_name="Fatima Secret")
    recall = call_back("Oil-1")

    table = office.get(english("recall-csv", recall.pk))

    text = table.content.decode()
    assert f"Oil-1,Huile d'argan 250 ml,{order.number},{order.number}-1" in text.replace(";", ",")
    assert "Fatima" not in text
    assert order.phone not in text


def test_it_is_closed_once_with_a_note(office, oil):
    recall = call_back("Oil-1")

    silent = office.post(english("recall-close", recall.pk), {"note": " "})
    for note in ("8 came back", "again"):
        office.post(english("recall-close", recall.pk), {"note": note})

    recall.refresh_from_db()
    assert (silent.status_code, recall.closing_note) == (422, "8 came back")
    assert "8 came back" in office.get(english("recall", recall.pk)).content.decode()


def test_hampers_are_shown_before_they_are_called_back(office, oil):
    hub = make_hub()
    make_lot(oil, 5, place=hub, number="OIL-HUB")
    packed = pack(hub, oil)

    assert packed.number in office.post(english("recall-new"), form(lots="OIL-HUB")).content.decode()


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_pages_are_there_in_each_language(office, oil, language):
    recall = call_back("Oil-1")

    for name, args in (("recalls", []), ("recall-new", []), ("recall", [recall.pk])):
        assert office.get(english(name, *args).replace("/en/", f"/{language}/")).status_code == 200


@pytest.mark.parametrize(
    ("who", "sees", "acts"),
    [("logistics", 200, 302), ("director", 200, 302), ("support", 200, 403), ("finance", 403, 403)],
)
def test_who_sees_a_recall_and_who_calls_back(client, oil, who, sees, acts):
    recall = call_back("Oil-1")
    make_lot(oil, 1, number="Oil-2")
    sign_in(client, make_staff(who))

    assert {client.get(english(*page)).status_code for page in (("recalls",), ("recall", recall.pk))} == {sees}
    assert client.post(english("recall-new"), form(lots="Oil-2", step="confirm")).status_code == acts
    assert client.post(english("recall-close", recall.pk), {"note": "done"}).status_code == acts


def test_to_others_there_are_no_recalls(client, oil):
    call_back("Oil-1")
    for person in (make_person(), make_member(oil.partner)):
        sign_in(client, person)
        assert client.get(english("recalls")).status_code == 404


def test_a_lot_has_a_sheet_of_labels(office, oil):
    lot = Lot.objects.get()

    for asked in ("", "?n=3", "?n=x", "?n=9999"):
        sheet = office.get(english("stock-lot-labels", lot.pk) + asked)
        assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")
    assert "labels.pdf" in office.get(english("stock-lot", lot.pk)).content.decode()
