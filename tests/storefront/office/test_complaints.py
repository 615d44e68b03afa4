"""The office answers reports of missing and broken goods; the cooperative sees which of its goods they were."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.photos import take_in
from fulfilment.complaints import operations
from fulfilment.complaints.models import Complaint
from fulfilment.payments.models import Refund
from tests.factories.complaints import photo, report
from tests.factories.people import make_member, make_staff, sign_in
from tests.factories.withdrawals import FRANCE, make_delivered_order, make_honey, serve_france
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    serve_france()
    return make_delivered_order((make_honey(), 3), **FRANCE)


@pytest.fixture
def support(client):
    return sign_in(client, make_staff("support"))


def page_of(complaint, name="complaint", *more):
    return english(name, complaint.order.number, complaint.number, *more)


def answer(client, complaint, pieces="2", outcome="REFUND", **fields):
    pk = complaint.lines.get().line_id
    return client.post(page_of(complaint, "complaint-give-back"), {f"back-{pk}": pieces, "outcome": outcome} | fields)


@pytest.mark.parametrize(
    ("group", "sees", "decides"),
    [
        ("support", 200, 422),
        ("logistics", 200, 403),
        ("finance", 200, 403),
        ("director", 200, 422),
        ("catalogue", 403, 403),
    ],
)
def test_the_pages_open_by_right(client, order, group, sees, decides):
    complaint = report(order, photos=[take_in(photo())])
    sign_in(client, make_staff(group))

    pages = [english("complaints"), page_of(complaint), page_of(complaint, "complaint-photo", 1)]
    assert [client.get(page).status_code for page in pages] == [sees] * 3
    for step in ("complaint-give-back", "complaint-reject"):
        assert client.post(page_of(complaint, step), {}).status_code == decides
    assert Complaint.objects.get().is_open


def test_buyers_and_cooperatives_do_not_find_the_office_s_pages(client, order):
    complaint = report(order, photos=[take_in(photo())])
    pages = [english("complaints"), page_of(complaint), page_of(complaint, "complaint-photo", 1)]
    sign_in(client, make_member(order.lines.get().partner))

    assert [client.get(page).status_code for page in pages] == [404] * 3
    assert [Client().get(page).status_code for page in pages] == [302] * 3


def test_the_list_begins_with_the_oldest_and_says_how_long_it_waits(client, support, order, clock):
    first = report(order, 1)
    clock.shift(timedelta(days=4))
    second = report(order, 1, confirmation="key-2")
    page = client.get(english("complaints")).content.decode()
    operations.reject(complaint_id=first.pk, rejection="AS_SOLD", answer="", now=timezone.now(), by=None)
    waiting, over = (client.get(english("complaints") + f"?which={which}") for which in ("waiting", "over"))

    assert page.index(first.reference) < page.index(second.reference)
    assert page.count("for 4 days") == 1
    assert [first.reference in found.content.decode() for found in (waiting, over)] == [False, True]
    assert client.get(english("complaints") + "?which=none").status_code == 404


def test_support_gives_the_price_of_what_was_broken_back(client, support, order):
    complaint = report(order, 3)
    shown = client.get(page_of(complaint)).content.decode()

    done = answer(client, complaint, "٢", answer="Sorry about that")

    refund = Refund.objects.get()
    assert "All that is reported comes to" in shown
    assert (done.status_code, refund.reason, refund.state) == (302, "DAMAGED", "DUE")
    assert refund.amount == order.lines.get().unit_price_incl_tax * 2
    assert refund.note == complaint.reference


def test_above_the_limit_the_page_says_that_a_second_person_decides(client, support, order, settings):
    settings.REFUND_ALONE_UP_TO = dict.fromkeys(settings.REFUND_ALONE_UP_TO, Decimal(1))

    page = answer(client, report(order, 2)).url
    shown = client.get(page).content.decode()

    assert Refund.objects.get().state == "ASKED"
    assert "waits for a second person" in shown


@pytest.mark.parametrize(
    ("pieces", "outcome", "said"),
    [
        ("3", "REFUND", "Only 2 of these were reported."),
        ("0", "REFUND", "Choose at least one piece"),
        ("-1", "REFUND", "Take at least one."),
        ("1", "AGAIN", "Select a valid choice"),
    ],
)
def test_an_answer_that_cannot_be_is_said_on_the_page(client, support, order, pieces, outcome, said):
    page = answer(client, report(order, 2), pieces, outcome)

    assert (page.status_code, said in page.content.decode()) == (422, True)
    assert not Refund.objects.exists()


def test_a_button_of_a_page_left_open_changes_nothing(client, support, order):
    complaint = report(order, 2)
    operations.reject(complaint_id=complaint.pk, rejection="AS_SOLD", answer="", now=timezone.now(), by=None)

    done = client.get(answer(client, complaint).url).content.decode()

    assert "Someone else answered this report meanwhile" in done
    assert not Refund.objects.exists()


def test_the_cooperative_sees_its_own_reported_goods_and_nothing_of_the_buyer(client, order):
    mine, words = order.lines.get().partner, "It broke when my neighbour Driss opened it"
    report(order, 2, words=words, photos=[take_in(photo())])
    other = make_delivered_order()
    report(other)
    cache.clear()
    sign_in(client, make_member(mine))

    page = client.get(f"/en/portal/{mine.slug}/reports/").content.decode()

    assert "<bdi>2</bdi> × Miel de thym" in page
    assert page.count('class="row"') == 1
    for hidden in (order.buyer_name, order.phone, order.guest_email, words, ".jpg", str(order.total_incl_tax)):
        assert hidden not in page
    assert client.get(f"/en/portal/{other.lines.get().partner.slug}/reports/").status_code == 404


def test_lists_ask_as_much_for_one_report_as_for_three(client, order):
    partner, seen = order.lines.get().partner, []
    office, portal = sign_in(Client(), make_staff("support")), sign_in(Client(), make_member(partner))
    for wanted in (1, 3):
        for number in range(Complaint.objects.count(), wanted):
            report(order, 1, confirmation=f"key-{number}")
        for browser, page in ((office, english("complaints")), (portal, f"/en/portal/{partner.slug}/reports/")):
            browser.get(page)
            with CaptureQueriesContext(connection) as queries_made:
                browser.get(page)
            seen.append(len(queries_made))

    assert seen[:2] == seen[2:]
    assert max(seen) <= 12
