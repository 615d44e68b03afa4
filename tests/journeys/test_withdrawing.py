"""Withdrawing with JavaScript switched off: from the order's page to the receipt, and the office's side of it."""

import re

import pytest
from playwright.sync_api import expect

from fulfilment.orders.links import order_path
from fulfilment.orders.withdrawing.models import Withdrawal
from storefront.notifications.models import Message
from tests.factories.withdrawals import make_delivered_order

from .people import eventually
from .test_whole_job import PHONE, in_stock

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("page", [{**PHONE, "java_script_enabled": False}], indirect=True)
def test_arabic_withdrawal_of_one_jar_without_javascript(page, live_shop):
    honey = in_stock("honey", "MAD", "home", family__code__startswith="honey_")
    order = make_delivered_order((honey.stockrecords.get(), 3), language="ar", guest_email="")

    page.goto(live_shop.url + order_path(order))
    page.locator("section[aria-labelledby=back] a.button").click()
    page.locator("main input[name^=line-]").fill("١")
    page.locator("main form button").click()
    expect(page.locator("main input[name=name]")).to_have_value(order.buyer_name)
    page.locator("main form button").click()

    withdrawal = Withdrawal.objects.get(order=order)
    expect(page).to_have_url(re.compile(f"/ar/orders/{order.number}/withdrawals/1/$"))
    expect(page.locator("main")).to_contain_text(withdrawal.reference)
    assert [(line.line.product_id, line.quantity) for line in withdrawal.lines.all()] == [(honey.pk, 1)]
    sms = eventually(lambda: Message.objects.filter(order=order, kind="withdrawal.declared", state="SENT").first())
    assert withdrawal.reference in sms.text
    assert page.complaints == []
