"""A parcel's life: ordered on a phone, prepared by the warehouse, brought by a driver, and seen to have arrived."""

import pytest
from playwright.sync_api import expect

from fulfilment.orders.models import Order
from fulfilment.rounds.links import parcel_path
from fulfilment.rounds.models import DoorReport
from storefront.demo.models import Letter

from .people import Colleague, Shopper, carry_to_the_door, eventually
from .test_driving import ROUND, make_pass
from .test_whole_job import PHONE, address_of, in_stock

pytestmark = pytest.mark.timeout(600)
DRIVER, DRIVER_TYPES = "+212740000178", "٠٧٤٠٠٠٠١٧٨"


def order_by_phone(page, shop) -> Order:
    """Buy a jar of honey in Arabic, to be paid at the door."""
    honey = in_stock("honey", "MAD", "home", family__code__startswith="honey_")
    mother = Shopper(page, shop, "ar")
    mother.add(address_of(honey, "ar"))
    mother.go_to_checkout()
    mother.choose_province("تاونات")
    mother.fill(name="لالة خديجة", phone="٠٧ ٤٠ ٠٠ ٠١ ٩٥", commune="بوهودة", locality="دوار العين")
    return Order.objects.get(number=mother.place(payment="cash"))


def bring(browser, shop, parcel, pin) -> None:
    """Deliver a parcel as its driver does, from the address on its label on."""
    phone = browser.new_context(**PHONE)
    page = phone.new_page()
    page.goto(shop.url + parcel_path(parcel))
    page.locator("[name=phone]").fill(DRIVER_TYPES)
    page.locator("[name=pin]").fill(pin)
    page.locator("main form button").click()
    expect(page.locator("h1")).to_contain_text("لالة خديجة")
    page.locator("[name=received_by]").fill("سي محمد")
    page.locator("[name=cash]").fill(str(parcel.order.total_incl_tax))
    page.locator("form[enctype] button").click()
    eventually(DoorReport.objects.filter(consignment=parcel).exists)
    phone.close()


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_arabic_a_jar_of_honey_from_its_shelf_to_a_hand(page, live_shop, browser):
    pin = make_pass(browser, live_shop, DRIVER)
    order = order_by_phone(page, live_shop)
    steps = page.locator("section[aria-labelledby=way] .step")
    expect(steps.first).to_contain_text("تسجيل الطلبية")

    carry_to_the_door(browser, live_shop, order.number, steps=("pick", "pack", "hand_over"), courier=ROUND)
    parcel = order.consignments.select_related("order").get()
    eventually(parcel.papers.filter(kind="label").exists)
    page.reload()
    expect(page.locator("section[aria-labelledby=way] [aria-current=step]")).to_have_count(1)
    bring(browser, live_shop, parcel, pin)

    page.reload()
    expect(page.locator("section[aria-labelledby=way] .step:not(.step--done)")).to_have_count(0)
    expect(steps.last).to_contain_text("التسليم")
    expect(page.locator("main")).to_contain_text(ROUND)
    order.refresh_from_db()
    report = DoorReport.objects.get(consignment=parcel)
    assert (order.status, report.received_by, report.problem, report.difference_mad) == ("DELIVERED", "سي محمد", "", 0)
    sms = Letter.objects.filter(channel="sms", recipient=order.phone)
    eventually(sms.filter(text__contains=order.number).exists)
    office = Colleague(browser, live_shop, "office logistics")
    office.go(f"office/consignments/{parcel.reference}/")
    expect(office.page.locator("main")).to_contain_text("سي محمد")
    office.leave()
    live_shop.manage("prove_invariants")
    assert page.complaints == []
