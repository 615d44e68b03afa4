"""What office people see and may press, by right; that currencies are never added; that pages ask a fixed number."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments.models import PaymentAttempt, Refund
from fulfilment.payouts.models import Payout
from fulfilment.warehouse.models import Consignment
from storefront.notifications.operations import write_message
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.drivers import make_courier
from tests.factories.parcels import make_held_order, packing_form
from tests.factories.payouts import AFTER, earn, hand_in_cash, pay_all
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.factories.sales import make_consignment, make_order
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
State = Consignment.State


@pytest.fixture
def oil():
    return make_stockrecord(in_stock=10)


@pytest.fixture
def parcel(oil):
    return make_consignment(make_held_order((oil, 2), status=Order.Status.PREPARING))


@pytest.fixture
def earned(oil):
    """A payout that was made, and one more line that is owed."""
    for _ in range(2):
        earn(make_consignment(make_order((oil, 1), status=Order.Status.DELIVERED), state=State.DELIVERED))
        if not Payout.objects.exists():
            pay_all()
    return Payout.objects.get()


@pytest.fixture
def pages(parcel, earned):
    cooperative = earned.cooperative.slug
    return {
        "home": english("home"),
        "sales": english("sales"),
        "orders": english("orders"),
        "order": english("order", parcel.order.number),
        "consignments": english("consignments"),
        "consignment": english("consignment", parcel.reference),
        "manifests": english("manifests"),
        "payouts": english("payouts"),
        "owed": english("owed", cooperative),
        "payout": english("payout", earned.reference),
        "rates": english("rates"),
        "ledger": english("ledger"),
        "ledger-account": english("ledger-account", "cooperatives.payable", "MAD"),
        "ledger-entry": english("ledger-entry", Entry.objects.earliest("pk").pk),
        "exports": english("exports"),
        "sdr-rates": english("sdr-rates"),
        "holds": english("holds"),
        "complaints": english("complaints"),
        "reconciliation": english("reconciliation"),
        "drivers": english("drivers"),
        "doors": english("door-reports"),
        "jobs": english("jobs"),
        "remittances": english("remittances"),
        "remittance-differences": english("remittance-differences"),
    }


def answers(client, pages):
    return {name: client.get(page).status_code for name, page in pages.items()}


def test_someone_not_signed_in_is_asked_to(client, pages):
    for page in pages.values():
        answer = client.get(page)
        assert (answer.status_code, "/accounts/login/" in answer.url) == (302, True)


def test_a_button_pressed_after_signing_out_leads_back_to_a_page(client):
    answer = client.post(english("run-payouts", "weekly"))

    assert (answer.status_code, answer.url.endswith("?next=/en/office/")) == (302, True)


@pytest.mark.parametrize("who", ["shopper", "owner", "clerk"])
def test_to_shoppers_and_cooperatives_the_office_is_not_there(client, pages, who):
    person = make_person() if who == "shopper" else make_member(make_cooperative(), who)
    sign_in(client, person)

    assert set(answers(client, pages).values()) == {404}


def test_staff_without_the_second_factor_are_led_to_it(client, pages):
    client.force_login(make_staff("director"))

    assert {client.get(page).status_code for page in pages.values()} == {302}


SEEN = {
    "support": {"complaints", "consignment", "consignments", "doors", "holds", "jobs", "manifests", "order", "orders"},
    "logistics": {
        "complaints",
        "consignment",
        "consignments",
        "doors",
        "drivers",
        "exports",
        "manifests",
        "order",
        "orders",
        "remittance-differences",
        "remittances",
        "sdr-rates",
    },
    "finance": {
        "complaints",
        "doors",
        "exports",
        "holds",
        "jobs",
        "ledger",
        "ledger-account",
        "ledger-entry",
        "manifests",
        "order",
        "orders",
        "owed",
        "payout",
        "payouts",
        "rates",
        "reconciliation",
        "remittance-differences",
        "remittances",
        "sdr-rates",
    },
    "catalogue": set(),
}


@pytest.mark.parametrize("group", SEEN)
def test_each_group_opens_its_pages(client, pages, group):
    sign_in(client, make_staff(group))

    opened = {name for name, status in answers(client, pages).items() if status == 200}

    assert opened == SEEN[group] | {"home", "sales"}
    assert set(answers(client, pages).values()) <= {200, 403}


def test_a_director_opens_every_page(client, pages):
    sign_in(client, make_staff("director"))

    assert set(answers(client, pages).values()) == {200}


def test_an_order_and_a_parcel_that_do_not_exist_are_not_there(client):
    sign_in(client, make_staff("director"))
    missing = [
        english("order", "NONE"),
        english("consignment", "NONE"),
        english("payout", "NONE"),
        english("owed", "none"),
        english("order", "\0"),
        english("consignment", "\0"),
        english("payout", "\0"),
        english("payouts") + "?run=NONE",
    ]

    assert [client.get(page).status_code for page in missing] == [404] * len(missing)


def test_a_code_sent_to_a_buyer_is_not_shown_to_staff(client, oil):
    order = make_order((oil, 1))
    for kind, text in (("order_code", "The code is 907531."), ("order.confirmed", "It is confirmed.")):
        write_message(
            key=kind,
            kind=kind,
            channel="sms",
            recipient=order.phone,
            language="en",
            text=text,
            order=order,
            now=timezone.now(),
        )
    sign_in(client, make_staff("support"))

    page = client.get(english("order", order.number)).content.decode()

    assert "One-time code" in page
    assert "It is confirmed." in page
    assert "907531" not in page


def test_a_parcel_goes_through_its_steps_by_the_buttons(client, parcel, oil):
    sign_in(client, make_staff("logistics"))
    make_courier()
    page = english("consignment", parcel.reference)
    states = []

    for _ in range(4):
        step = re.search(r'name="step" value="(\w+)"', client.get(page).content.decode())[1]
        answer = client.post(english("move", parcel.reference), {"step": step})
        if step == "pack":
            client.post(answer.url, packing_form(parcel))
        parcel.refresh_from_db()
        states.append((step, parcel.state))

    oil.refresh_from_db()
    assert states == [
        ("pick", "PICKED"),
        ("pack", "PACKED"),
        ("hand_over", "HANDED_OVER"),
        ("deliver", "DELIVERED"),
    ]
    assert 'name="step"' not in client.get(page).content.decode()
    assert (oil.num_in_stock, oil.num_allocated) == (8, 0)
    assert Order.objects.get(pk=parcel.order_id).status == Order.Status.DELIVERED


def test_a_step_that_does_not_follow_is_refused_with_the_reason(client, parcel):
    sign_in(client, make_staff("logistics"))

    answer = client.post(english("move", parcel.reference), {"step": "deliver"}, follow=True)

    parcel.refresh_from_db()
    assert parcel.state == State.OPEN
    assert "so it cannot become" in answer.content.decode()


def test_support_sees_parcels_but_cannot_move_them(client, parcel):
    sign_in(client, make_staff("support"))

    page = client.get(english("consignment", parcel.reference)).content.decode()
    answer = client.post(english("move", parcel.reference), {"step": "pick"})

    parcel.refresh_from_db()
    assert ('name="step"' in page, answer.status_code, parcel.state) == (False, 403, State.OPEN)


@pytest.mark.parametrize("step", ["", "steal", "cancel"])
def test_an_unknown_step_is_not_there(client, parcel, step):
    sign_in(client, make_staff("logistics"))

    assert client.post(english("move", parcel.reference), {"step": step}).status_code == 404


def test_moving_leads_back_only_within_the_shop(client, parcel):
    sign_in(client, make_staff("logistics"))

    answer = client.post(english("move", parcel.reference), {"step": "pick", "back": "https://elsewhere.example/"})

    assert answer.url == english("consignment", parcel.reference)


def test_reading_a_page_never_moves_anything(client, parcel):
    sign_in(client, make_staff("director"))

    answers = [client.get(english("move", parcel.reference)), client.get(english("run-payouts", "weekly"))]

    assert [answer.status_code for answer in answers] == [405, 405]


def test_today_keeps_currencies_apart_and_says_so_where_it_adds_dirhams(client, oil):
    make_order((oil, 1), total="100.00")
    make_order((oil, 1), total="10.00", currency="EUR", destination="FR", method="card", status="PAID")
    make_order((oil, 1), total="20.00", currency="USD", destination="US", method="card", status="PAID")
    sign_in(client, make_staff("support"))

    page = client.get(english("home")).content.decode().replace("\xa0", " ")
    rows = re.search(r"Sold and taken today.*?<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    amounts = [re.findall(r"(?:MAD|EUR|USD) [\d.,]+", row) for row in rows.split("</tr>")[:-1]]

    assert amounts == [
        ["MAD 100.00", "MAD 0.00", "MAD 0.00"],
        ["EUR 10.00", "EUR 10.00", "MAD 108.00"],
        ["USD 20.00", "USD 20.00", "MAD 186.00"],
    ]
    assert "130.00" not in page
    assert "All, in dirhams at the frozen rate" in page
    assert "MAD 394.00" in page


def test_home_asks_at_most_twelve_questions_whatever_was_sold(
    client, oil, django_assert_max_num_queries, django_assert_num_queries
):
    sign_in(client, make_staff("director"))
    make_consignment(make_order((oil, 1)))
    client.get(english("home"))
    with django_assert_max_num_queries(12) as first:
        client.get(english("home"))

    for currency, country in (("EUR", "FR"), ("USD", "US")):
        make_consignment(make_order((oil, 1), currency=currency, destination=country, method="card", status="PAID"))

    with django_assert_num_queries(len(first)):
        assert client.get(english("home")).status_code == 200


@pytest.mark.parametrize("name", ["orders", "consignments", "jobs", "payouts"])
def test_lists_ask_the_same_for_one_row_and_for_many(client, name, django_assert_num_queries):
    sign_in(client, make_staff("director"))

    def one_more(number):
        record = make_stockrecord()
        make_consignment(make_order((record, 1)))
        sold = make_consignment(make_order((record, 1)), state=State.DELIVERED)
        earn(sold)
        now = timezone.now()
        Job.objects.create(task="t", key=f"{number}", state=Job.State.DEAD, run_at=now, created_at=now)

    one_more(1)
    client.get(english(name))
    with CaptureQueriesContext(connection) as first:
        client.get(english(name))
    for number in (2, 3):
        one_more(number)

    with django_assert_num_queries(len(first)):
        assert client.get(english(name)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "06 12 34 56 70"}, {"A1"}),
        ({"q": "٠٦١٢٣٤٥٦٧٠"}, {"A1"}),
        ({"q": "345671"}, {"B2"}),
        ({"q": "b2"}, {"B2"}),
        ({"q": "Youssef"}, {"A1"}),
        ({"state": "PAID"}, {"B2"}),
        ({"currency": "EUR"}, {"B2"}),
        ({"country": "fr"}, {"B2"}),
        ({"from_day": "2026-11-20"}, {"A1", "B2"}),
        ({"to_day": "2026-11-19"}, set()),
        ({"from_day": "nonsense"}, {"A1", "B2"}),
        ({"to_day": "9999-12-31"}, {"A1", "B2"}),
        ({"state": "PAID", "currency": "MAD"}, set()),
    ],
)
def test_orders_are_found_by_number_phone_name_state_currency_country_and_day(client, oil, asked, found):
    make_order((oil, 1), number="A1", phone="+212612345670", buyer_name="Youssef Alaoui")
    make_order(
        (oil, 1), number="B2", phone="+212612345671", currency="EUR", destination="FR", method="card", status="PAID"
    )
    sign_in(client, make_staff("support"))

    page = client.get(english("orders"), asked).content.decode()

    assert {number for number in ("A1", "B2") if f"/orders/{number}/" in page} == found


def test_finance_pays_what_is_due_once(client, oil, clock):
    earn(make_consignment(make_order((oil, 2), status=Order.Status.DELIVERED), state=State.DELIVERED))
    hand_in_cash()
    clock.shift(AFTER)
    sign_in(client, make_staff("finance"))

    first = client.post(english("run-payouts", "weekly"), follow=True).content.decode()
    second = client.post(english("run-payouts", "weekly"), follow=True).content.decode()

    assert [payout.amount_mad for payout in Payout.objects.all()] == [Decimal("160.00")]
    assert ("is drafted." in first, "Nothing is to be paid now." in second) == (True, True)


def test_what_is_owed_leaves_out_what_was_paid(client, earned):
    sign_in(client, make_staff("finance"))

    page = client.get(english("payouts")).content.decode().replace("\xa0", " ")
    owed = re.search(r"Owed</th>.*?<tbody>(.*?)</tbody>", page, re.DOTALL)[1]

    assert re.findall(r"MAD [\d.,]+", owed) == ["MAD 0.00", "MAD 80.00", "MAD 80.00"]


@pytest.mark.parametrize("group", ["support", "logistics", "catalogue"])
def test_others_cannot_run_payouts(client, group):
    sign_in(client, make_staff(group))

    assert client.post(english("run-payouts", "weekly")).status_code == 403


def test_a_dead_job_is_tried_again_by_right_only(client):
    now = timezone.now()
    job = Job.objects.create(task="t", key="dead", state=Job.State.DEAD, attempts=3, run_at=now, created_at=now)
    support = make_staff("support")
    sign_in(client, support)
    refused = client.post(english("job-again", job.pk)).status_code
    support.user_permissions.add(Permission.objects.get(codename="change_job"))

    allowed = client.post(english("job-again", job.pk)).status_code

    job.refresh_from_db()
    assert (refused, allowed, job.state, job.attempts) == (403, 302, Job.State.WAITING, 0)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"from_day": "2026-11-20", "to_day": "2026-11-01"}, "before the first one"),
        ({"from_day": "2020-01-01", "to_day": "2026-11-01"}, "one year at most"),
        ({"from_day": "abc", "to_day": "2026-11-01"}, "field__error"),
        ({"from_day": "9999-12-31", "to_day": "9999-12-31"}, "field__error"),
        ({"from_day": "0001-01-01", "to_day": "0001-01-02"}, "field__error"),
    ],
)
def test_a_period_that_makes_no_sense_is_said_beside_the_field(client, asked, words):
    sign_in(client, make_staff("support"))

    answer = client.get(english("sales"), asked)

    assert (answer.status_code, words in answer.content.decode()) == (200, True)


def test_money_to_give_back_that_failed_is_counted_and_named(client, oil):
    now = timezone.now()
    order = make_order((oil, 1), status=Order.Status.EXPIRED, method="card")
    attempt = PaymentAttempt.objects.create(
        order=order, number=1, provider="stripe", amount=order.total_incl_tax, captured=order.total_incl_tax,
        currency="MAD", state="SUCCEEDED", idempotency_key="k", created_at=now, updated_at=now,
    )  # fmt: skip
    Refund.objects.create(
        attempt=attempt, amount=attempt.amount, currency="MAD", reason="PAID_TOO_LATE", state="FAILED",
        last_error="the card is closed", created_at=now, updated_at=now,
    )  # fmt: skip
    OrderEvent.objects.create(order=order, kind="refund_failed", at=now)
    sign_in(client, make_staff("support"))

    page = client.get(english("order", order.number)).content.decode()
    home = client.get(english("home")).content.decode()

    assert ("the card is closed" in page, "giving money back failed" in page) == (True, True)
    assert re.search(r"Payments to look at</dt><dd>(?:<[^>]+>)?1\b", home)
