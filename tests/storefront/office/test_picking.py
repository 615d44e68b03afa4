"""The pick list: by shelf, of one place, with what is picked said for one parcel or the whole wave."""

import re

import pytest

from catalogue.lots.models import LotStock
from fulfilment.warehouse.models import Consignment
from storefront.office.preparing.policies import shelf_order
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.people import make_staff, sign_in
from tests.factories.shortages import say_missing
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def logistics(client):
    return sign_in(client, make_staff("logistics"))


@pytest.fixture
def cooperative():
    return make_cooperative()


def on_shelf(cooperative, shelf, in_stock=10):
    record = make_stockrecord(cooperative=cooperative, in_stock=in_stock)
    LotStock.objects.filter(lot__stockrecord=record).update(shelf=shelf)
    return record


def parcel_of(*items):
    return open_parcels(make_held_order(*items))[0]


def list_of(client, parcel):
    return client.get(english("picking"), {"place": parcel.origin.code}).content.decode()


def states():
    return list(Consignment.objects.order_by("pk").values_list("state", flat=True))


def test_shelves_are_walked_as_people_number_them_and_what_stands_nowhere_comes_last():
    shelves = ["B1", "", "a10", "A2", "12", "A"]

    assert sorted(shelves, key=shelf_order) == ["12", "A", "A2", "a10", "B1", ""]


def test_pieces_of_one_lot_stand_in_one_row_with_their_parcels(logistics, cooperative):
    far, near = on_shelf(cooperative, "B2"), on_shelf(cooperative, "A10")
    first, second = parcel_of((far, 2), (near, 1)), parcel_of((near, 3))
    parcel_of((make_stockrecord(), 1))  # of another place

    page = list_of(logistics, first)

    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in body.split("</tr>")[:-1]]
    assert [row.split()[0] for row in rows] == ["A10", "B2"]
    assert f"1 × {first.reference}" in re.sub(r"\s+", " ", rows[0])
    assert f"3 × {second.reference}" in re.sub(r"\s+", " ", rows[0])


def test_a_line_over_two_lots_is_two_rows_with_their_dates(logistics, cooperative):
    record = on_shelf(cooperative, "A1", in_stock=1)
    make_lot(record, 5)
    parcel = parcel_of((record, 3))

    page = list_of(logistics, parcel)

    numbers = LotStock.objects.values_list("lot__number", flat=True)
    assert [page.count(f">{number}<") for number in numbers] == [1, 1]


def test_one_parcel_or_the_whole_wave_is_picked(logistics, cooperative):
    parcels = [parcel_of((on_shelf(cooperative, "A1"), 1)) for _ in range(3)]

    logistics.post(english("picked"), {"parcel": parcels[0].reference})
    one = states()
    answer = logistics.post(
        english("picked"), {"parcel": [parcel.reference for parcel in parcels], "place": parcels[0].origin.code}
    )

    assert (one, states()) == (["PICKED", "OPEN", "OPEN"], ["PICKED"] * 3)
    assert answer.url == f"{english('picking')}?place={parcels[0].origin.code}"


def test_what_waits_for_its_buyer_is_not_on_the_list_and_stays_when_the_wave_is_picked(logistics, cooperative):
    short = parcel_of((on_shelf(cooperative, "A1", in_stock=2), 2))
    whole = parcel_of((on_shelf(cooperative, "A2"), 1))
    say_missing(short.lines.get().order_line, 1)

    page = list_of(logistics, short)
    answer = logistics.post(english("picked"), {"parcel": [short.reference, whole.reference]}, follow=True)

    assert f'value="{short.reference}"' not in page
    assert f"{short.reference} waits" in answer.content.decode()
    assert states() == ["OPEN", "PICKED"]


@pytest.mark.parametrize("data", [{}, {"parcel": "NONE"}, {"parcel": ["", "x" * 200], "place": "../../"}])
def test_a_form_that_names_no_parcel_changes_nothing(logistics, cooperative, data):
    parcel_of((on_shelf(cooperative, "A1"), 1))

    answer = logistics.post(english("picked"), data)

    assert (answer.url, states()) == (english("picking"), ["OPEN"])


@pytest.mark.parametrize(
    ("group", "sees", "picks"), [("support", 200, 403), ("logistics", 200, 302), ("finance", 403, 403)]
)
def test_each_group_sees_and_picks_by_right(client, cooperative, group, sees, picks):
    parcel = parcel_of((on_shelf(cooperative, "A1"), 1))
    sign_in(client, make_staff(group))

    assert client.get(english("picking")).status_code == sees
    assert client.post(english("picked"), {"parcel": parcel.reference}).status_code == picks


def test_the_list_asks_the_same_number_of_questions_for_one_parcel_and_for_many(
    logistics, cooperative, django_assert_max_num_queries
):
    asked = []
    for number in (1, 4):
        for _ in range(number):
            parcel = parcel_of((on_shelf(cooperative, "A1"), 1), (on_shelf(cooperative, "A2"), 1))
        list_of(logistics, parcel)
        with django_assert_max_num_queries(15) as captured:
            list_of(logistics, parcel)
        asked.append(len(captured))

    assert asked[0] == asked[1]


def test_nothing_to_pick_is_said(logistics):
    assert "Nothing is to be taken" in logistics.get(english("picking")).content.decode()
