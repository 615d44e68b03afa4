"""What is missing, whose it is and for how long; what buyers say on the phone is written down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fulfilment.warehouse.models import Shortage
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.people import make_staff, sign_in
from tests.factories.shortages import say_missing
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


def make_asked():
    """Return the question about one of two jars, beside which the order has something else."""
    honey = make_stockrecord(in_stock=2)
    order = make_held_order((honey, 2), (make_stockrecord(cooperative=honey.partner), 1))
    (parcel,) = open_parcels(order)
    return say_missing(parcel.lines.get(order_line__stockrecord=honey).order_line, 1)


@pytest.fixture
def support(client):
    return sign_in(client, make_staff("support"))


def test_what_is_asked_is_listed_with_its_age_and_what_may_be_chosen(support, clock):
    shortage = make_asked()
    clock.shift(timedelta(hours=5))

    page = support.get(english("shortages")).content.decode()

    assert shortage.consignment.reference in page
    assert "5 hours ago" in page
    assert ['value="rest"' in page, 'value="not_the_line"' in page, 'value="call_off"' in page] == [True, False, True]


def test_what_the_buyer_says_is_done_and_who_wrote_it_down_is_kept(support):
    shortage, person = make_asked(), make_staff("logistics")
    sign_in(support, person)

    support.post(english("shortage-answer", shortage.pk), {"choice": "rest"})
    again = support.post(english("shortage-answer", shortage.pk), {"choice": "call_off"}, follow=True)

    shortage.refresh_from_db()
    assert (shortage.outcome, shortage.by_buyer, shortage.settled_by) == ("left_out", True, person)
    assert "This was decided before" in again.content.decode()
    assert str(person) in again.content.decode()


@pytest.mark.parametrize("choice", ["", "steal", "REST"])
def test_another_choice_is_not_there(support, choice):
    shortage = make_asked()

    assert support.post(english("shortage-answer", shortage.pk), {"choice": choice}).status_code == 404
    assert support.post(english("shortage-answer", 0), {"choice": "rest"}).status_code == 404


@pytest.mark.parametrize(("group", "sees", "answers"), [("support", 200, 302), ("finance", 403, 403)])
def test_each_group_answers_by_right(client, group, sees, answers):
    shortage = make_asked()
    sign_in(client, make_staff(group))

    assert client.get(english("shortages")).status_code == sees
    assert client.post(english("shortage-answer", shortage.pk), {"choice": "rest"}).status_code == answers


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many(support, django_assert_max_num_queries):
    asked = []
    for number in (1, 4):
        for _ in range(number):
            make_asked()
            decided = make_asked()
            Shortage.objects.filter(pk=decided.pk).update(outcome="other_lot", settled_at=timezone.now())
        support.get(english("shortages"))
        with django_assert_max_num_queries(12) as captured:
            support.get(english("shortages"))
        asked.append(len(captured))

    assert asked[0] == asked[1]
