"""A company orders by bank transfer; finance records the line of the statement; the order is paid and told."""

import re

import pytest
from playwright.sync_api import expect

from fulfilment.orders.models import InvoiceParty, Order
from fulfilment.payments.models import BankCredit
from storefront.notifications.models import Message

from .people import Colleague, Shopper, eventually
from .test_whole_job import PHONE, address_of, in_stock

pytestmark = pytest.mark.timeout(600)
ICE = "999000001000075"
IBAN = "MA64 9999 9900 0000 0000 0020 2647"


@pytest.mark.parametrize("page", [{**PHONE, "java_script_enabled": False}], indirect=True)
def test_a_company_pays_by_transfer_without_javascript(page, live_shop, browser):
    shopper = Shopper(page, live_shop, "ar")
    honey = in_stock("honey", "MAD", "home", free=10, family__code__startswith="honey_")
    shopper.add(address_of(honey, "ar"), "١٠")
    shopper.go_to_checkout()
    shopper.fill(name="لالة الزهرة", phone="٠٧ ٤٠ ٠٠ ٠١ ٩٧", email="cantine@example.org", commune="بوهودة")
    shopper.fill(locality="دوار أولاد صالح")
    page.locator("main select[name=province]").select_option(label="تاونات")
    page.locator("main button[data-without-script]").last.click()
    page.wait_for_load_state()
    page.locator("details:has(input[name=company]) > summary").click()
    shopper.fill(company="مطاعم الأطلس", ice="٩٩٩ ٠٠٠ ٠٠١ ٠٠٠ ٠٧٥")
    shopper.shot("transfer-checkout-ar")
    number = shopper.place(payment="transfer")
    shopper.shot("transfer-order-ar")

    order = Order.objects.get(number=number)
    assert (order.status, order.payment_method) == ("PENDING_PAYMENT", "transfer")
    assert InvoiceParty.objects.get(order=order).ice == ICE
    expect(page.locator("main")).to_contain_text(IBAN)
    letter = eventually(
        lambda: Message.objects.filter(order=order, kind="order.placed", channel="mail", state="SENT").first()
    )
    assert IBAN in letter.text

    finance = Colleague(browser, live_shop, "office finance")
    finance.go("office/transfers/")
    expect(finance.page.locator("main")).to_contain_text(number)
    for name, value in {
        "reference": f"VIR-{number}",
        "amount": str(order.total_incl_tax),
        "payer_name": "MATAEM ATLAS",
        "message": f"cde {number}",
    }.items():
        finance.page.locator(f"main #record [name={name}]").fill(value)
    finance.press("main #record button[type=submit]")
    expect(finance.page.locator("body")).to_contain_text(re.compile(number))
    finance.leave()

    eventually(lambda: Order.objects.filter(pk=order.pk, status="PREPARING").exists())
    assert BankCredit.objects.get(attempt__order=order).state == "SETTLED"
    assert eventually(lambda: Message.objects.filter(order=order, kind="order.paid", state="SENT").exists())
    page.reload()
    expect(page.locator("main")).not_to_contain_text(IBAN)
    assert page.complaints == []
