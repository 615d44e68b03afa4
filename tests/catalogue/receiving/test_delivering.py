"""What cooperatives announce, what is found of it, and what enters the stock."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.kernel.photos import Photo
from catalogue.lots.models import Lot, LotStock
from catalogue.people.models import User
from catalogue.receiving import operations
from catalogue.receiving.models import Delivery, RefusalPhoto
from catalogue.receiving.operations import Counted
from catalogue.receiving.policies import NotAnswered
from catalogue.receiving.queries import questions_of
from tests.factories.catalogue import make_product, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.receiving import LASTS, MADE, announced, broken, make_delivery, make_hub, receive

pytestmark = pytest.mark.django_db
GOOD = {"lot-printed": "yes", "date-printed": "yes", "label-arabic": "yes", "net-weight": "yes", "onssa-printed": "yes"}
PHOTO = Photo(b"jpeg", "0" * 64, 10, 10)


@pytest.fixture
def person():
    return User.objects.create_user(phone="+212600000001")


@pytest.fixture
def hub():
    return make_hub()


@pytest.fixture
def oil():
    return make_stockrecord(in_stock=0)


def there(record):
    record.refresh_from_db()
    return record.num_in_stock


def test_what_is_refused_never_enters_the_stock_and_the_rest_is_sold_once_its_lot_is_checked(oil, hub, person):
    delivery = make_delivery(hub, person, announced(oil, 10))
    receive(delivery, person, counted=9, refused=2, refusal="broken", photo=PHOTO)
    stock, before = LotStock.objects.get(), there(oil)

    decision = operations.check_lot(lot=stock.lot, answers=GOOD, by=person, now=timezone.now())

    assert (before, there(oil), stock.on_hand, stock.place) == (0, 7, 7, hub)
    assert (decision.state, decision.answers) == ("RELEASED", GOOD)
    assert (bytes(RefusalPhoto.objects.get().content), broken()) == (b"jpeg", [])


def test_one_bad_answer_blocks_the_lot_and_a_missing_one_decides_nothing(oil, hub, person):
    receive(make_delivery(hub, person, announced(oil)), person)
    lot = Lot.objects.get()

    with pytest.raises(NotAnswered) as missing:
        operations.check_lot(lot=lot, answers=GOOD | {"net-weight": "perhaps"}, by=person, now=timezone.now())
    decision = operations.check_lot(lot=lot, answers=GOOD | {"net-weight": "no"}, by=person, now=timezone.now())

    assert (missing.value.codes, decision.state, decision.reason, there(oil)) == (["net-weight"], "BLOCKED", "fault", 0)
    with pytest.raises(operations.NotAwaiting):
        operations.check_lot(lot=lot, answers=GOOD, by=person, now=timezone.now())


@pytest.mark.parametrize(
    ("family", "code", "good", "bad"),
    [
        ("honey_thyme", "honey-moisture", "17.5", "21"),
        ("cheese_fresh", "cheese-temperature", "4", "9"),
        ("olive_evoo", "evoo-acidity", "0.8", "0.81"),
        ("dates_mejhoul", "dates-look", "few", "insects"),
    ],
)
def test_a_family_is_asked_its_own_questions_within_their_bounds(family, code, good, bad, person):
    lots = [
        make_lot(make_stockrecord(product=make_product(family=family), in_stock=0), state="AWAITING").lot for _ in "12"
    ]
    answers = {question.code: "yes" for question in questions_of(lots[0])} | {
        "honey-seal": "yes",
        "oil-look": "clear",
        "dates-look": "sound",
        "dates-moisture": "20",
    }

    decided = [
        operations.check_lot(lot=lot, answers=answers | {code: answer}, by=person, now=timezone.now()).state
        for lot, answer in zip(lots, (good, bad), strict=True)
    ]

    assert decided == ["RELEASED", "BLOCKED"]


def test_receiving_twice_is_receiving_once_and_afterwards_nothing_changes(oil, hub, person):
    delivery = make_delivery(hub, person, announced(oil, 10))
    receive(delivery, person)

    operations.receive_delivery(delivery_id=delivery.pk, by=person, now=timezone.now())

    assert LotStock.objects.get().on_hand == 10
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        delivery.lines.update(counted=4)
    with pytest.raises(operations.AwaitingChecks):
        operations.close_delivery(delivery_id=delivery.pk, now=timezone.now())


def test_pieces_of_the_cooperatives_own_store_leave_it_when_announced_and_come_back_when_called_off(hub, person):
    record = make_stockrecord(in_stock=0)
    store = make_lot(record, 10, number="S-1", produced_on=MADE, best_before=LASTS)
    delivery = make_delivery(hub, person, announced(record, 6, lot_number="S-1"))
    on_the_way = there(record)

    operations.call_off_delivery(delivery_id=delivery.pk, by=person, now=timezone.now())
    after = there(record)
    receive(make_delivery(hub, person, announced(record, 6, lot_number="S-1")), person, refused=1, refusal="label")
    store.refresh_from_db()

    assert (on_the_way, after, there(record), store.on_hand) == (4, 10, 10, 5)
    assert broken() == []


def test_a_form_sent_twice_is_one_delivery(oil, hub, person):
    key = uuid4()

    made = {make_delivery(hub, person, announced(oil), key=key).pk for _ in range(2)}

    assert len(made) == Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"best_before": date(2026, 10, 31)}, "best-before day is not after"),
        ({"pieces": -1}, "from 1 to"),
        ({"pieces": 10**9}, "from 1 to"),
        ({"lot_number": "TAKEN"}, "of another product"),
        ({"lot_number": "GONE"}, "is recalled"),
        ({"lot_number": "DATED"}, "with other dates"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason_and_nothing_is_announced(oil, hub, person, fields, words, settings):
    settings.LANGUAGE_CODE = "en"
    make_lot(make_stockrecord(in_stock=0), 1, number="TAKEN")
    make_lot(oil, 0, number="GONE", state="RECALLED", produced_on=MADE, best_before=LASTS)
    make_lot(oil, 0, number="DATED")

    with pytest.raises(operations.AnnouncementRefused, match=words) as refused:
        make_delivery(hub, person, announced(oil, lot_number="GOOD"), announced(oil, **({"row": 2} | fields)))

    assert ([row for row, _why in refused.value.reasons], Delivery.objects.count()) == ([2], 0)


def test_a_product_of_another_cooperative_is_refused(oil, hub, person):
    theirs = make_stockrecord()

    with pytest.raises(operations.AnnouncementRefused):
        make_delivery(hub, person, announced(oil), announced(theirs, lot_number="B"))


@pytest.mark.parametrize(
    "found", [Counted(-1), Counted(10**9), Counted(5, refused=6, refusal="broken"), Counted(5, refused=1)]
)
def test_a_count_that_cannot_be_is_refused(oil, hub, person, found):
    delivery = make_delivery(hub, person, announced(oil))
    line = delivery.lines.get()

    with pytest.raises(operations.CountRefused) as refused:
        operations.count_delivery(delivery_id=delivery.pk, found={line.pk: found}, now=timezone.now())

    line.refresh_from_db()
    assert (list(refused.value.reasons), line.counted) == ([line.pk], None)


def test_a_lot_whose_number_was_taken_meanwhile_stops_the_whole_delivery(oil, hub, person):
    delivery = make_delivery(hub, person, announced(oil, lot_number="A"), announced(oil, lot_number="B"))
    make_lot(make_stockrecord(in_stock=0), 1, number="B")

    with pytest.raises(operations.CountRefused):
        receive(delivery, person)

    delivery.refresh_from_db()
    assert (delivery.state, Lot.objects.filter(number="A").exists()) == ("ANNOUNCED", False)
