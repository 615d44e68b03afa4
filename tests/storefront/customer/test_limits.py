import time

import pytest
from django.core.cache import caches

from storefront.customer.limits import Limits
from tests.factories.people import PASSWORD, make_person

from .support import PHONE, is_signed_in, post_login


@pytest.fixture
def dead_redis(settings, monkeypatch):
    entry = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": entry}
    monkeypatch.setattr(Limits, "paused_until", 0.0)
    yield
    caches["default"]._spare.clear()


@pytest.mark.django_db
def test_signing_in_goes_on_and_stays_limited_while_redis_is_gone(client, dead_redis):
    make_person(phone=PHONE)

    for _ in range(6):
        post_login(client, PHONE, "wrong")
    post_login(client, PHONE, PASSWORD)
    locked = not is_signed_in(client)
    caches["default"]._spare.clear()
    post_login(client, PHONE, PASSWORD)

    assert locked
    assert is_signed_in(client)


def test_only_the_first_question_waits_for_a_dead_server(dead_redis):
    caches["default"].add("key", 1)
    begun = time.perf_counter()
    for _ in range(50):
        caches["default"].get("key")

    assert caches["default"].get("key") == 1
    assert time.perf_counter() - begun < 0.5
