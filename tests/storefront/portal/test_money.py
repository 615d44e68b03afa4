"""What a cooperative reads of its money: how much, when, and why not more."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fulfilment.payouts import operations
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.movements import give_back
from tests.factories.payouts import AFTER, deliver, draft, pay_all
from tests.factories.people import make_member, make_staff, sign_in

pytestmark = pytest.mark.django_db
PAGE_LIMIT = 12


@pytest.fixture
def argan():
    return make_cooperative(name="Argan des femmes", short_name="Argan", slug="argan")


@pytest.fixture
def oil(argan):
    return make_stockrecord(cooperative=argan, farm_gate="80.00", in_stock=40)


@pytest.fixture
def owner(client, argan):
    return sign_in(client, make_member(argan, "owner", first_name="Aïcha"))


@pytest.fixture
def finance(client):
    return sign_in(client, make_staff("finance"))


def english(address: str) -> str:
    return "/en" + address[3:]


def facts(page) -> list[tuple[str, str]]:
    """Return names and values of a page's statement, as read."""
    found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page.content.decode())
    return [tuple(re.sub(r"<[^>]+>", "", text).replace("\xa0", " ") for text in pair) for pair in found]


def read(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page).replace("\xa0", " ")


def money(client):
    return client.get(english(reverse("portal:money", args=["argan"])))


def test_a_statement_says_how_much_when_and_why_not_more(owner, oil):
    deliver((oil, 1), method="card")
    deliver((oil, 2))
    frozen = deliver((oil, 3), method="card")
    operations.freeze(order_id=frozen.pk, dispute_id=1, now=timezone.now())

    assert facts(money(owner)) == [
        ("Sold", "MAD 480.00"),
        ("Deducted", "MAD 0.00"),
        ("To receive", "MAD 480.00"),
        ("Due at the next payment", "MAD 0.00"),
        ("From 28 November 2026", "MAD 80.00"),
        ("The buyer&#x27;s bank disputes the payment", "MAD 240.00"),
        ("The courier has not handed the money in yet", "MAD 160.00"),
    ]


def test_case_20_a_negative_balance_is_shown_with_its_reason(owner, oil):
    line = deliver((oil, 2), method="card").lines.select_related("order").get()
    pay_all()
    give_back(line, 1)

    page = money(owner)

    assert facts(page) == [
        ("Sold", "MAD 0.00"),
        ("Deducted", "MAD 0.00"),
        ("Taken back", "MAD 80.00"),
        ("To receive", "MAD -80.00"),
    ]
    text = page.content.decode()
    assert "Given back to the buyer" in text
    assert "its next payments are less by it" in text
    assert "-80.00" in owner.get(english(reverse("portal:desk", args=["argan"]))).content.decode()


def test_case_20_the_office_reads_the_same(finance, argan, oil):
    line = deliver((oil, 2), method="card").lines.select_related("order").get()
    pay_all()
    give_back(line, 1)

    statement = finance.get(english(reverse("office:owed", args=["argan"])))
    listed = finance.get(english(reverse("office:payouts"))).content.decode()

    assert ("Taken back", "MAD 80.00") in facts(statement)
    assert "Given back to the buyer" in statement.content.decode()
    assert "MAD 0.00 of it may be paid." in read(listed)


def test_the_office_is_told_what_a_run_would_pay(finance, oil, clock):
    deliver((oil, 2), method="card")
    before = finance.get(english(reverse("office:payouts"))).content.decode()

    clock.shift(AFTER)
    sign_in(finance, make_staff("finance"))  # nobody stays signed in that long
    after = finance.get(english(reverse("office:payouts"))).content.decode()

    found = ("MAD 0.00 of it may be paid." in read(before), "MAD 160.00 of it may be paid." in read(after))
    assert found == (True, True)
    assert draft(timezone.now()).payouts.get().amount_mad == Decimal("160.00")


@pytest.mark.parametrize("name", ["portal:desk", "portal:money", "office:owed", "office:payouts"])
def test_pages_ask_the_same_for_one_line_and_for_three(client, argan, oil, name, django_assert_num_queries):
    if name.startswith("portal"):
        sign_in(client, make_member(argan, "owner"))
    else:
        sign_in(client, make_staff("finance"))
    address = reverse(name, args=[] if name == "office:payouts" else ["argan"])
    deliver((oil, 1), method="card")
    client.get(address)
    with CaptureQueriesContext(connection) as first:
        client.get(address)
    for _ in range(2):
        deliver((oil, 1), (make_stockrecord(), 1))

    assert len(first) <= PAGE_LIMIT
    with django_assert_num_queries(len(first)):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_statements_open_in_each_language(owner, oil, language):
    line = deliver((oil, 2), method="card").lines.select_related("order").get()
    pay_all()
    give_back(line, 1)
    deliver((oil, 2))

    assert owner.get(f"/{language}" + reverse("portal:money", args=["argan"])[3:]).status_code == 200
