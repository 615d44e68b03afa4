"""What a cooperative's people see, and that nobody else sees it."""

import gzip
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from catalogue.cooperatives.models import Membership, StockCount
from fulfilment.orders.models import Order
from fulfilment.payouts.models import Payout
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import earn, pay_all
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.factories.sales import make_consignment, make_order

pytestmark = pytest.mark.django_db
PAGE_LIMIT = 12


@pytest.fixture
def argan():
    return make_cooperative(name="Argan des femmes", short_name="Argan", slug="argan")


@pytest.fixture
def oil(argan):
    return make_stockrecord(cooperative=argan, in_stock=10, promised=3)


@pytest.fixture
def owner(client, argan):
    return sign_in(client, make_member(argan, "owner", first_name="Aïcha"))


def deliver_and_pay(order, cooperative):
    consignment = make_consignment(order, cooperative, Consignment.State.DELIVERED)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.DELIVERED)
    earn(consignment)
    pay_all()
    return consignment


def pages_of(cooperative):
    """Give every address of a cooperative that has a product, a parcel and a payout."""
    record = make_stockrecord(cooperative=cooperative)
    parcel = deliver_and_pay(make_order((record, 2)), cooperative)
    payout = Payout.objects.get(cooperative=cooperative)
    named = {"count": [record.pk], "parcel": [parcel.reference], "payout": [payout.reference]}
    names = ["desk", "stock", "count", "parcels", "parcel", "reports", "money", "payout", "cooperative", "account"]
    names += ["deliveries", "announce", "where"]
    return [reverse(f"portal:{name}", args=[cooperative.slug, *named.get(name, [])]) for name in names]


def test_every_page_of_ones_own_cooperative_opens(owner, argan):
    assert [owner.get(page).status_code for page in pages_of(argan)] == [200] * 13


def test_every_page_of_another_cooperative_is_not_there(owner):
    others = make_cooperative(slug="honey")
    pages = pages_of(others)

    assert [owner.get(page).status_code for page in pages] == [404] * 13
    assert [owner.post(page, {"counted": "1"}).status_code for page in pages] == [404] * 13


def test_another_cooperatives_things_are_not_there_under_ones_own_name_either(owner, argan):
    others = make_cooperative(slug="honey")
    mixed = [page.replace("/honey/", "/argan/") for page in pages_of(others)]
    things = [page for page in mixed if re.search(r"/(stock|parcels|money)/[^/]+/$", page)]

    assert [owner.get(page).status_code for page in things] == [404] * 3


def test_another_cooperatives_stock_cannot_be_counted(owner, argan):
    theirs = make_stockrecord(in_stock=10)

    answer = owner.post(reverse("portal:count", args=["argan", theirs.pk]), {"counted": "0"})

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.num_in_stock) == (404, 10)


def test_someone_not_signed_in_is_asked_to(client, argan):
    for page in [*pages_of(argan), reverse("portal:home")]:
        answer = client.get(page)
        assert (answer.status_code, "/accounts/login/" in answer.url) == (302, True)


@pytest.mark.parametrize("who", ["shopper", "staff"])
def test_shoppers_and_staff_find_nothing_here(client, argan, who):
    sign_in(client, make_person() if who == "shopper" else make_staff("support"))

    assert {client.get(page).status_code for page in [*pages_of(argan), reverse("portal:home")]} == {404}


def test_the_way_in_leads_to_the_only_cooperative(owner):
    assert owner.get(reverse("portal:home")).url == reverse("portal:desk", args=["argan"])


def test_someone_in_several_cooperatives_chooses(client, argan):
    honey = make_cooperative(name="Miel du Rif", slug="honey")
    person = make_member(argan, "owner")
    Membership.objects.create(cooperative=honey, user=person, role="clerk")
    sign_in(client, person)

    page = client.get(reverse("portal:home")).content.decode()

    assert reverse("portal:desk", args=["argan"]) in page
    assert reverse("portal:desk", args=["honey"]) in page


def test_a_clerk_counts_and_prepares_but_does_not_see_the_bank_account(client, argan, oil):
    sign_in(client, make_member(argan, "clerk"))
    pages = pages_of(argan)

    answers = {page.split("/argan/")[1]: client.get(page) for page in pages}

    assert {answers.pop(page).status_code for page in ("cooperative/", "account/")} == {404}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert not any(argan.bank_accounts.get().masked in answer.content.decode() for answer in answers.values())


def test_a_parcel_shows_own_lines_name_and_town_and_nothing_else_of_the_buyer(owner, argan, oil):
    honey = make_stockrecord()
    order = make_order((oil, 2), (honey, 3), total="987.65", phone="+212698765432", guest_email="buyer@example.com")
    parcel = make_consignment(order, argan)
    make_consignment(order, honey.partner)

    pages = [
        owner.get(reverse("portal:parcel", args=["argan", parcel.reference])).content.decode(),
        owner.get(reverse("portal:parcels", args=["argan"])).content.decode(),
        owner.get(reverse("portal:desk", args=["argan"])).content.decode(),
    ]

    assert "Fatima Zahra" in pages[0]
    assert "Taounate" in pages[0]
    assert oil.partner_sku in pages[0]
    for page in pages:
        assert not [
            secret for secret in ("98765432", "98 76 54 32", "buyer@", "987", honey.partner_sku) if secret in page
        ]


def test_a_statement_says_sold_deducted_received_and_when(owner, argan, oil):
    deliver_and_pay(make_order((oil, 2), buyer_name="Someone Else"), argan)
    payout = Payout.objects.get(cooperative=argan)

    page = owner.get("/en" + reverse("portal:payout", args=["argan", payout.reference])[3:]).content.decode()
    facts = re.findall(r"<dt>(.*?)</dt><dd>(?:<time[^>]*>)?<bdi>(.*?)</bdi>", page)

    assert facts == [
        ("Sold", "MAD\xa0160.00"),
        ("Deducted", "MAD\xa00.00"),
        ("Received", "MAD\xa0160.00"),
        ("Date", "30 December 2026"),
    ]
    assert "Someone Else" not in page


def test_home_asks_a_fixed_number_of_questions(owner, argan, django_assert_max_num_queries, django_assert_num_queries):
    address = reverse("portal:desk", args=["argan"])
    records = [make_stockrecord(cooperative=argan, in_stock=1)]
    make_consignment(make_order((records[0], 1)), argan)
    with django_assert_max_num_queries(PAGE_LIMIT) as first:
        owner.get(address)

    for _ in range(2):
        records.append(make_stockrecord(cooperative=argan, in_stock=1))
        make_consignment(make_order((records[-1], 1)), argan)

    with django_assert_num_queries(len(first)):
        assert owner.get(address).status_code == 200


@pytest.mark.parametrize("name", ["desk", "stock", "parcels", "money"])
def test_pages_are_light_and_do_not_ask_more_for_more_rows(owner, argan, name, django_assert_max_num_queries):
    for _ in range(30):
        record = make_stockrecord(cooperative=argan, in_stock=1)
        make_consignment(make_order((record, 1)), argan)

    with django_assert_max_num_queries(PAGE_LIMIT):
        page = owner.get(reverse(f"portal:{name}", args=["argan"]))

    assert len(gzip.compress(page.content)) < 8_000  # the promise is 30 KB with stylesheets


def count_of(client, record, counted, **more):
    address = reverse("portal:count", args=[record.partner.slug, record.pk])
    return client.post(address, {"counted": counted, **more})


@pytest.mark.parametrize(("typed", "stock"), [("12", 12), ("٣", 3), (" 7 ", 7), ("۱۵", 15)])
def test_a_count_is_read_in_any_digits(owner, oil, typed, stock):
    answer = count_of(owner, oil, typed)

    oil.refresh_from_db()
    assert (answer.status_code, oil.num_in_stock) == (302, stock)


@pytest.mark.parametrize("typed", ["-1", "1e9", "1000000000", "abc", "", "1,5", "99999999999999999999"])
def test_a_wrong_count_is_refused_beside_the_field(owner, oil, typed):
    answer = count_of(owner, oil, typed)

    oil.refresh_from_db()
    assert (answer.status_code, oil.num_in_stock, StockCount.objects.count()) == (200, 10, 0)
    assert 'class="field__error"' in answer.content.decode()


def test_a_count_below_what_is_promised_is_refused_with_the_reason(owner, oil):
    answer = owner.post("/en" + reverse("portal:count", args=["argan", oil.pk])[3:], {"counted": "2"})

    oil.refresh_from_db()
    assert oil.num_in_stock == 10
    assert "3 are already sold: the count cannot be lower" in answer.content.decode()


def test_the_same_form_sent_twice_is_one_count(owner, oil):
    key = uuid4()

    answers = [count_of(owner, oil, "8", key=key).status_code for _ in range(2)]

    assert (answers, StockCount.objects.count()) == ([302, 302], 1)


def test_what_is_delivered_is_owed_on_the_first_page(owner, argan, oil):
    order = make_order((oil, 2), status=Order.Status.DELIVERED)
    parcel = make_consignment(order, argan, Consignment.State.DELIVERED)
    earn(parcel)

    assert "160.00" in owner.get("/en" + reverse("portal:desk", args=["argan"])[3:]).content.decode()
