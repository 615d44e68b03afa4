"""The office's pages of shops: who sees and changes what, hours that overlap, keepers who have no account."""

import pytest
from django.test import Client

from catalogue.shops.models import OpeningHours, OtherHours
from fulfilment.collecting.models import ShopMandate
from tests.factories.catalogue import make_province
from tests.factories.orders import stock
from tests.factories.people import make_person, make_staff, sign_in
from tests.factories.shops import make_shop, put_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
GROUPS = ("support", "catalogue", "logistics", "finance", "director")


@pytest.fixture
def shop():
    make_province()
    return make_shop()


@pytest.fixture
def office(client):
    return sign_in(client, make_staff("logistics"))


def week(**changes):
    return {"opens_0_1": "09:00", "closes_0_1": "13:00", "opens_0_2": "15:00", "closes_0_2": "19:00"} | changes


def test_support_sees_shops_and_logistics_changes_them(shop):
    found = {}
    for group in GROUPS:
        browser = sign_in(Client(), make_staff(group))
        seen = [browser.get(english("shops")), browser.get(english("shop", "shop-casa"))]
        pressed = browser.post(english("shop-week", "shop-casa"), week())
        found[group] = [answer.status_code for answer in (*seen, pressed)]

    may_write, reads, neither = [200, 200, 302], [200, 200, 403], [403, 403, 403]
    assert found == {
        "support": reads,
        "catalogue": neither,
        "logistics": may_write,
        "finance": neither,
        "director": may_write,
    }
    assert sign_in(Client(), make_person()).get(english("shops")).status_code == 404


def test_a_week_is_written_whole_and_one_that_overlaps_leaves_it_as_it_was(office, shop):
    office.post(english("shop-week", "shop-casa"), week())
    before = list(OpeningHours.objects.values_list("weekday", "opens", "closes"))

    overlaps = office.post(english("shop-week", "shop-casa"), week(opens_0_2="12:00"))
    backwards = office.post(english("shop-week", "shop-casa"), week(closes_0_1="08:00"))
    half = office.post(english("shop-week", "shop-casa"), week(closes_0_1=""))

    assert len(before) == 2
    assert [answer.status_code for answer in (overlaps, backwards, half)] == [422] * 3
    assert "Two stretches of one day overlap" in overlaps.content.decode()
    assert list(OpeningHours.objects.values_list("weekday", "opens", "closes")) == before


def test_days_with_other_hours_never_overlap_and_are_taken_back(office, shop):
    days = {"first_day": "2027-02-08", "until": "2027-03-10", "opens": "10:00", "closes": "15:00"}
    written = office.post(english("shop-other-hours", "shop-casa"), days)
    again = office.post(english("shop-other-hours", "shop-casa"), {**days, "opens": "", "closes": ""})
    backwards = office.post(english("shop-other-hours", "shop-casa"), {**days, "until": "2027-02-08"})

    assert [answer.status_code for answer in (written, again, backwards)] == [302, 422, 422]
    office.post(english("shop-other-hours-remove", "shop-casa", OtherHours.objects.get().pk))
    assert not OtherHours.objects.exists()


def test_a_shop_that_stops_selling_online_takes_its_goods_from_the_site(office, shop):
    record = stock(in_stock=4)
    put_in(shop, record, 3)

    office.post(english("shop", "shop-casa"), {"phone": "0522 00 00 00", "is_active": "on"})

    record.refresh_from_db()
    shop.refresh_from_db()
    assert (record.num_in_stock, shop.phone, shop.sells_online, shop.is_active) == (4, "+212522000000", False, True)


def test_a_keeper_has_an_account_and_days_and_their_mandate_ends_the_day_it_is_ended(office, shop):
    person = make_person(phone="+212740012345")
    days = {"valid_from": "2026-11-20", "valid_until": "2026-12-20"}
    unknown = office.post(english("shop-keepers", "shop-casa"), {"who": "06 99 99 99 99", **days})
    for_ever = office.post(
        english("shop-keepers", "shop-casa"), {"who": person.phone, **days, "valid_until": "2099-01-01"}
    )
    given = office.post(english("shop-keepers", "shop-casa"), {"who": person.phone, **days})
    twice = office.post(english("shop-keepers", "shop-casa"), {"who": person.phone, **days})
    keeper = sign_in(Client(), person)
    opened = keeper.get("/en/counter/shop-casa/").status_code

    office.post(english("shop-keeper-end", "shop-casa", ShopMandate.objects.get().pk))

    assert [answer.status_code for answer in (unknown, for_ever, given, twice)] == [422, 422, 302, 422]
    assert (opened, keeper.get("/en/counter/shop-casa/").status_code) == (200, 404)
