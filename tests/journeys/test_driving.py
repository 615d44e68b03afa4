"""A parcel brought to its door where there is no network: the phone keeps what the driver wrote there."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from catalogue.cooperatives.models import StockRecord
from catalogue.places.models import Province
from fulfilment.orders.models import Order
from fulfilment.rounds.links import parcel_path
from fulfilment.rounds.models import DoorPhoto, DoorReport
from fulfilment.shipping.models import Courier
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from tests.factories.drivers import jpeg
from tests.factories.orders import place_order
from tests.factories.parcels import move_to

from .people import Colleague, eventually
from .test_whole_job import PHONE, in_stock

pytestmark = pytest.mark.timeout(600)
NUMBER, ROUND = "+212740000177", "Tournée des essais"


def order_in_cash(record: StockRecord) -> Order:
    """Place an order to a douar, paid at the door."""
    address = {
        "last_name": "لالة فاطمة",
        "phone_number": "+212740000196",
        "country_id": "MA",
        "line1": "دوار أولاد علي",
        "line4": "Taounate",
        "province": Province.objects.get(code="MA-TAO"),
        "locality": "دوار أولاد علي",
        "landmark": "قرب المسجد",
    }
    return place_order((record, 1), language="ar", address=address)


def make_pass(browser, shop, phone: str = NUMBER) -> str:
    """Let someone drive the round, as logistics does, and read the PIN that is shown once."""
    Courier.objects.get_or_create(name=ROUND, kind="own")
    logistics = Colleague(browser, shop, "office logistics")
    logistics.go("office/drivers/")
    form = logistics.page.locator("#new form")
    form.locator("[name=name]").fill("حميد")
    form.locator("[name=phone]").fill(phone)
    form.locator("[name=courier]").select_option(label=ROUND)
    form.locator("button[type=submit]").click()
    pin = logistics.page.locator("[role=status] strong").inner_text()
    logistics.leave()
    return pin


def hand_to_round(parcel: Consignment) -> Consignment:
    """Give a parcel to the round of these tests, whichever round is the shop's first."""
    courier = Courier.objects.get(name=ROUND)
    return warehouse.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now(), courier_id=courier.pk)


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_arabic_delivered_without_network_and_once_when_it_is_back(page, live_shop, browser):
    honey = in_stock("honey", "MAD", "home", family__code__startswith="honey_")
    order = order_in_cash(honey.stockrecords.get())
    pin = make_pass(browser, live_shop)
    parcel = hand_to_round(move_to(eventually(order.consignments.first), "PACKED"))

    page.goto(live_shop.url + parcel_path(parcel))
    page.locator("[name=phone]").fill("٠٧٤٠٠٠٠١٧٧")
    page.locator("[name=pin]").fill(pin)
    page.locator("main form button").click()
    expect(page.locator("h1")).to_contain_text("لالة فاطمة")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    kept = "async () => (await (await caches.open('rounds-1')).keys()).filter((one) => one.url.includes('/d/')).length"
    eventually(lambda: page.evaluate(kept))
    assert page.complaints == []

    page.context.set_offline(True)
    page.reload()  # the page is there without network
    expect(page.locator("h1")).to_contain_text("لالة فاطمة")
    page.locator("[name=received_by]").fill("لالة الزهرة")
    page.locator("[name=photo]").set_input_files({"name": "door.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    page.locator("[name=cash]").fill(str(order.total_incl_tax))
    page.locator("form[enctype] button").click()
    expect(page.locator("[data-queue] [data-label]")).to_contain_text(parcel.reference)
    expect(page.locator("form[enctype]")).to_be_hidden()
    page.reload()  # and so is what was written
    expect(page.locator("[data-queue] [data-label]")).to_contain_text(parcel.reference)
    assert not DoorReport.objects.filter(consignment=parcel).exists()

    page.context.set_offline(False)
    expect(page.locator("[data-forms]")).to_have_count(0, timeout=60_000)  # the page says that it is done
    expect(page.locator("[data-queue]")).to_be_hidden()
    parcel.refresh_from_db()
    made = DoorReport.objects.get(consignment=parcel)
    assert (parcel.state, made.problem, made.received_by) == ("DELIVERED", "", "لالة الزهرة")
    assert (made.difference_mad, DoorPhoto.objects.filter(report=made).count()) == (0, 1)
    assert parcel.delivery_attempts.count() == 1
    said = [text for text in page.complaints if "ERR_INTERNET_DISCONNECTED" not in text]
    assert said == []
    office = Colleague(browser, live_shop, "office logistics")
    office.go(f"office/consignments/{parcel.reference}/")
    expect(office.page.locator("main")).to_contain_text("لالة الزهرة")
    office.leave()
