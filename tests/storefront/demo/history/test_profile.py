from datetime import date
from random import Random

import pytest
from django.conf import settings

from catalogue.kernel.phones import normalise
from storefront.demo.history import people
from storefront.demo.history.profile import draw_days, pick, read

PROFILE = settings.BASE_DIR / "catalogue" / "data" / "sales_profile.json"
LAST = date(2026, 11, 20)


@pytest.fixture(scope="module")
def profile():
    return read(PROFILE)


def test_pick_follows_the_shares():
    random = Random(1)
    drawn = [pick(random, {"a": 3, "b": 1}) for _ in range(4000)]

    assert 0.72 < drawn.count("a") / 4000 < 0.78


def test_days_before_ramadan_weigh_more_and_the_feast_less(profile):
    before, feast = date(2026, 2, 11), date(2026, 3, 20)

    assert profile.day_weight(before, LAST) > 1.3 * profile.day_weight(date(2026, 1, 28), LAST)
    assert profile.day_weight(feast, LAST) < 0.4 * profile.day_weight(date(2026, 3, 27), LAST)
    assert profile.category_weight("dates", before) == 2.2


def test_in_ramadan_people_buy_at_night(profile):
    assert profile.hours(date(2026, 3, 1))[1] > 5 * profile.hours(date(2026, 4, 1))[1]


def test_draw_days_stays_within_the_year_and_in_order(profile):
    days = draw_days(profile, Random(1), count=500, last_day=LAST, days=365)

    assert days == sorted(days)
    assert (days[0] > date(2025, 11, 20), days[-1] <= LAST) == (True, True)


def test_abroad_has_its_own_baskets(profile):
    assert profile.lines("web_abroad")[1] == 0.12
    assert profile.lines("web_ma")[1] == 0.34


@pytest.mark.parametrize("country", ["MA", "US", "GB", "FR", "DE"])
def test_invented_phones_are_well_formed(country):
    number = people.phone(Random(3), country)

    assert normalise(number) == number


def test_there_is_a_town_for_every_country_of_the_profile(profile):
    assert set(profile.raw["country_share_web_abroad"]) <= set(people.TOWNS)
