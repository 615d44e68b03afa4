"""What a courier's words do to a parcel, in whatever order they arrive; what is not taken up is kept and said."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from fulfilment.payments.models import CashCollected
from fulfilment.tracking import operations, queries
from fulfilment.tracking.models import StatusWord, TrackingEvent
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.couriers import carried_by, look, make_courier, tell, told
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db
STANDS = ("state", "coming_back_at", "delivered_at", "order__status")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def courier():
    return make_courier()


@pytest.fixture
def parcel(courier):
    return carried_by(courier)


def outcomes(events):
    return [(event.outcome, event.why) for event in events]


def test_a_parcel_s_whole_way_is_told_and_its_cash_collected_when_it_happened(courier, run_jobs):
    open_deliveries()
    order = place_order((stock("120.00"), 1))
    run_jobs()
    parcel = carried_by(courier, order.consignments.get())
    words = ("picked up", "Transit", "DELIVERING", "no_answer 1", "delivering", "Delivered")
    ago = (3 * DAY, 2 * DAY, DAY + 3 * HOUR, DAY, 3 * HOUR, HOUR)
    said = [told(parcel, word, ago=when) for word, when in zip(words, ago, strict=True)]

    assert outcomes(tell(courier, *reversed(said))) == [("APPLIED", "")] * 6
    run_jobs()

    parcel.refresh_from_db()
    order.refresh_from_db()
    collected = CashCollected.objects.get()
    assert (parcel.state, parcel.delivered_at, order.status) == ("DELIVERED", said[-1].occurred_at, "DELIVERED")
    assert (collected.courier, collected.amount, collected.collected_at) == (
        courier,
        Decimal("155.00"),
        said[-1].occurred_at,
    )
    assert list(parcel.delivery_attempts.values_list("number", "outcome")) == [(1, "absent"), (2, "delivered")]
    assert broken() == []


def test_five_events_end_the_same_in_each_of_their_120_orders(courier, parcel):
    """One by one, each looked at before the next arrives: what comes too late is kept as late."""
    words = ("picked up", "transit", "delivering", "unreachable", "delivered")
    said = [told(parcel, word, ago=(5 - place) * HOUR) for place, word in enumerate(words)]
    seen = {}

    def stands():
        visits = parcel.delivery_attempts.values_list("number", "outcome")
        return (Consignment.objects.values_list(*STANDS).get(), tuple(visits))

    def arrive(left):
        """Let each of these arrive next, then the others in each of their orders; count the ends.

        Orders that have brought the same events and stand alike go on alike: they are followed once.
        """
        key = (frozenset(one.word for one in left), stands())
        if key not in seen:
            ends = Counter() if left else Counter([end_of()])
            for one in left:
                with transaction.atomic():
                    tell(courier, one)
                    ends += arrive([other for other in left if other is not one])
                    transaction.set_rollback(True)
            seen[key] = ends
        return seen[key]

    def end_of():
        kept = TrackingEvent.objects.filter(outcome__in=("APPLIED", "LATE")).count()
        return (*Consignment.objects.values_list("state", "delivered_at", "order__status").get(), kept)

    assert arrive(said) == {("DELIVERED", said[-1].occurred_at, "DELIVERED", 5): 120}


@pytest.mark.parametrize("first", ["unreachable", "postponed"])
def test_absences_count_one_a_day_and_in_any_order_the_second_sends_it_back(courier, parcel, first):
    said = [
        told(parcel, "no answer 2", ago=HOUR),
        told(parcel, first, ago=DAY + HOUR),
        told(parcel, "no answer 1", ago=DAY + 2 * HOUR),
        told(parcel, "no answer 3"),
    ]

    for one in said:
        tell(courier, one)

    parcel.refresh_from_db()
    assert (parcel.delivery_attempts.count(), parcel.coming_back_at is not None) == (2, True)
    assert set(TrackingEvent.objects.values_list("outcome", flat=True)) <= {"APPLIED", "LATE"}
    assert broken() == []


@pytest.mark.parametrize(
    ("word", "state", "coming_back"),
    [
        ("rejected", "REFUSED", False),
        ("returned", "HANDED_OVER", True),
        ("cancelled before dispatch", "HANDED_OVER", True),
        ("pending", "HANDED_OVER", False),
        ("warehouse", "IN_TRANSIT", False),
    ],
)
def test_each_word_does_what_it_means(courier, parcel, word, state, coming_back):
    assert outcomes(tell(courier, told(parcel, word))) == [("APPLIED", "")]

    parcel.refresh_from_db()
    assert (parcel.state, parcel.coming_back_at is not None) == (state, coming_back)


def test_every_word_of_the_notes_is_known():
    words = (
        "pending, to prepare, pick-up, picked up, warehouse, transit, distributed, delivering, unreachable, postponed, "
        "scheduled, new destination, rejected, delivered, cancelled, refunded, no answer 1, no answer 2, no answer 3, "
        "duplicate, cancelled before dispatch"
    )

    assert [word for word in words.split(", ") if queries.meaning_of(0, word.upper()) is None] == []


def test_no_word_means_lost_until_the_office_says_so_and_then_it_is(courier, parcel):
    other = make_courier("Souss")
    assert outcomes(tell(courier, told(parcel, "Égaré"))) == [("UNKNOWN_WORD", "")]

    operations.teach_word(word="égaré", meaning="lost", reason="", by=None, now=timezone.now(), courier_id=courier.pk)
    look(courier, told(parcel, "Égaré"))

    parcel.refresh_from_db()
    assert (parcel.state, parcel.lost_why) == ("LOST", "Atlas: Égaré")
    assert queries.meaning_of(other.pk, "egare") is None
    assert TrackingEvent.objects.get().outcome == "APPLIED"
    assert broken() == []


def test_an_unknown_parcel_waits_for_a_person_and_is_remembered(courier, parcel):
    assert outcomes(tell(courier, told("AM-77", "transit", ago=HOUR))) == [("UNKNOWN_PARCEL", "")]
    event = TrackingEvent.objects.get()

    with pytest.raises(operations.NoSuchParcel):
        operations.assign_parcel(event_id=event.pk, reference="no-such", by=None, now=timezone.now())
    operations.assign_parcel(event_id=event.pk, reference=parcel.reference, by=None, now=timezone.now())
    look(courier, told("AM-77", ""))

    event.refresh_from_db()
    parcel.refresh_from_db()
    assert (event.outcome, event.consignment, parcel.state) == ("APPLIED", parcel, "IN_TRANSIT")


def test_what_a_person_assigned_teaches_what_the_courier_means_next(courier, parcel, django_user_model):
    person = django_user_model.objects.create_user("logistics@example.org", "x")
    event = tell(courier, told("AM-77", "transit", ago=HOUR))[0]
    operations.assign_parcel(event_id=event.pk, reference=parcel.reference, by=person, now=timezone.now())
    look(courier, told("AM-77", ""))

    assert outcomes(tell(courier, told("AM-77", "delivered"))) == [("APPLIED", "")]

    parcel.refresh_from_db()
    assert parcel.state == "DELIVERED"


def test_another_courier_s_parcel_is_never_moved(parcel):
    stranger = make_courier("Stranger")

    assert outcomes(tell(stranger, told(parcel, "delivered"))) == [("REFUSED", "not_theirs")]

    parcel.refresh_from_db()
    assert (parcel.state, CashCollected.objects.count()) == ("HANDED_OVER", 0)


def test_what_is_told_before_the_hand_over_is_taken_up_after_it(courier, run_jobs):
    parcel = move_to(open_parcels(make_held_order((make_stockrecord(), 1)))[0], "PACKED")
    assert outcomes(tell(courier, told(parcel, "picked up"))) == [("REFUSED", "early")]

    warehouse.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now(), courier_id=courier.pk)
    run_jobs()

    parcel.refresh_from_db()
    assert (parcel.state, TrackingEvent.objects.get().outcome) == ("IN_TRANSIT", "APPLIED")


@pytest.mark.parametrize(
    ("before", "word", "outcome"),
    [
        ("delivered", "rejected", ("REFUSED", "ended")),
        ("rejected", "delivered", ("REFUSED", "ended")),
        ("returned", "delivered", ("REFUSED", "coming_back")),
        ("delivered", "transit", ("LATE", "")),
        ("delivered", "returned", ("REFUSED", "ended")),
        ("delivered", "livré", ("UNKNOWN_WORD", "")),
        ("delivered", "delivered", ("APPLIED", "")),
        ("returned", "rejected", ("APPLIED", "")),
    ],
)
def test_what_contradicts_how_it_ended_is_shown_and_changes_nothing(courier, parcel, before, word, outcome):
    tell(courier, told(parcel, before, ago=HOUR))
    parcel.refresh_from_db()
    stands = (parcel.state, parcel.delivered_at, parcel.refused_at, parcel.coming_back_at)

    assert outcomes(tell(courier, told(parcel, word))) == [outcome]

    parcel.refresh_from_db()
    assert (parcel.state, parcel.delivered_at, parcel.refused_at, parcel.coming_back_at) == stands


def test_it_is_dated_within_what_is_possible(courier, parcel):
    tell(courier, told(parcel, "transit", ago=300 * DAY), told(parcel, "delivered", ago=-3 * HOUR))

    parcel.refresh_from_db()
    assert parcel.in_transit_at == parcel.handed_over_at
    assert parcel.delivered_at <= timezone.now()


def test_told_twice_it_counts_once_and_told_otherwise_it_is_refused_whole(courier, parcel):
    said = told(parcel, "transit", key="7")
    tell(courier, said)

    assert operations.take_in(courier_id=courier.pk, told=[said], source="webhook", now=timezone.now()) == 0
    with pytest.raises(operations.ToldOtherwise), transaction.atomic():
        operations.take_in(
            courier_id=courier.pk,
            told=[told(parcel, "unreachable", key="6"), told(parcel, "delivered", key="7")],
            source="webhook",
            now=timezone.now(),
        )

    assert TrackingEvent.objects.count() == 1


def test_what_was_told_is_never_changed_or_deleted(courier, parcel):
    tell(courier, told(parcel, "transit"))

    with pytest.raises(Exception, match="agreed"), transaction.atomic():
        TrackingEvent.objects.update(word="delivered")
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        TrackingEvent.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        TrackingEvent.objects.update(outcome="SET_ASIDE")


def test_what_is_set_aside_keeps_its_reason_and_leaves_the_list(courier):
    event = tell(courier, told("AM-77", "transit"))[0]

    operations.set_aside(event_id=event.pk, remark="their test parcel", by=None, now=timezone.now())

    assert (queries.to_see_to(), queries.events("aside").get().remark) == (0, "their test parcel")
    with pytest.raises(operations.NotToSeeTo):
        operations.set_aside(event_id=event.pk, remark="again", by=None, now=timezone.now())


def test_one_parcel_that_fails_does_not_hold_up_the_others(courier, parcel, monkeypatch):
    other, deliver = carried_by(courier), warehouse.deliver

    def falter(*, consignment_id, **rest):
        if consignment_id == parcel.pk:
            raise RuntimeError("the ledger is closed")
        return deliver(consignment_id=consignment_id, **rest)

    monkeypatch.setattr(warehouse, "deliver", falter)
    with pytest.raises(RuntimeError):
        tell(courier, told(parcel, "delivered"), told(other, "delivered"))
    monkeypatch.undo()

    other.refresh_from_db()
    assert (other.state, TrackingEvent.objects.get(parcel=parcel.reference).outcome) == ("DELIVERED", "WAITING")
    look(courier, told(parcel, ""))
    assert not TrackingEvent.objects.filter(outcome="WAITING").exists()


def test_a_word_says_why_when_it_must(courier):
    for meaning, reason in (("absent", ""), ("delivered", "no_answer"), ("absent", "nonsense")):
        with pytest.raises(IntegrityError), transaction.atomic():
            StatusWord.objects.create(word="x", meaning=meaning, reason=reason)


def test_a_courier_is_told_what_to_ask_for_with_as_many_queries_for_three_as_for_one(courier, run_jobs):
    open_deliveries()
    place_order((stock("120.00", farm_gate="80.00"), 1), (stock("60.00", farm_gate="30.00"), 2))
    run_jobs()
    first, second = (carried_by(courier, parcel) for parcel in Consignment.objects.order_by("pk"))
    counts = []

    for state in ("one", "two"):
        if state == "one":
            Consignment.objects.filter(pk=second.pk).update(courier=None)
        else:
            Consignment.objects.filter(pk=second.pk).update(courier=courier)
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        rows = queries.announced(courier)
        counts.append(len(connection.queries_log) - before)
        connection.force_debug_cursor = False

    assert counts[0] == counts[1]
    assert [(row.parcel, row.pieces, row.due) for row in rows] == [
        (first.reference, 1, Decimal("155.00")),
        (second.reference, 2, Decimal("120.00")),
    ]
    tell(courier, told(first, "rejected"))
    assert [row.due for row in queries.announced(courier)] == [Decimal("155.00")]
