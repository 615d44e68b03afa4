"""Buying with JavaScript switched off: every step is a link or a button of a plain form."""

import re

import pytest
from playwright.sync_api import expect

from fulfilment.orders.models import Order

from .people import Shopper
from .test_whole_job import PHONE, address_of, in_stock

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("page", [{**PHONE, "java_script_enabled": False}], indirect=True)
def test_arabic_dirhams_cash_without_javascript(page, live_shop):
    shopper = Shopper(page, live_shop, "ar")
    shopper.open()
    assert shopper.search("عسل")
    honey = in_stock("honey", "MAD", "home", family__code__startswith="honey_")
    shopper.add(address_of(honey, "ar"), "٢")
    shopper.go_to_checkout()
    shopper.fill(name="لالة الزهرة", phone="٠٧ ٤٠ ٠٠ ٠١ ٩٨", commune="بوهودة", locality="دوار أولاد صالح")
    page.locator("main select[name=province]").select_option(label="تاونات")
    page.locator("main button[data-without-script]").last.click()  # what the script presses after a choice
    page.wait_for_load_state()
    number = shopper.place(payment="cash")

    order = Order.objects.get(number=number)
    assert (order.currency, order.language, order.payment_method) == ("MAD", "ar", "cash")
    assert [line.quantity for line in order.lines.all()] == [2]
    assert order.shipping_address.locality == "دوار أولاد صالح"
    expect(page.locator("main")).to_contain_text(re.compile(number))
    assert page.complaints == []
