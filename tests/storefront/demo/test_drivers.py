import pytest
from django.utils import timezone

from fulfilment.rounds import operations
from fulfilment.rounds.models import Driver
from storefront.demo import accounts, drivers
from tests.factories.catalogue import make_stockrecord
from tests.factories.drivers import make_courier

pytestmark = pytest.mark.django_db


def test_the_sign_in_list_shows_a_driver_that_the_pin_opens(client, settings, tmp_path):
    settings.SHOP_ENV, settings.DATA_DIR = "demo", tmp_path
    make_stockrecord()
    accounts.make()
    assert drivers.PHONE not in client.get("/demo/").content.decode()

    for _time in range(2):
        drivers.make(make_courier())

    page = client.get("/demo/", {"language": "en"}).content.decode()

    assert (drivers.PHONE in page, drivers.PIN in page) == (True, True)
    assert operations.check_pin(phone=drivers.PHONE, pin=drivers.PIN, now=timezone.now()) == Driver.objects.get()
