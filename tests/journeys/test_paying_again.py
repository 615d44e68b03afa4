"""Paying in a real browser when people do what people do: press twice, go back, reload, open another tab."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from catalogue.kernel.shopping import Shopping
from catalogue.products.models import Product
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.models import PaymentAttempt

from .people import DECLINED_CARD, GOOD_CARD, Colleague, Shopper, eventually
from .test_paying import PHONE, assert_paid_once, is_paid, open_pay_page, something, waiting_order

pytestmark = pytest.mark.timeout(300)
READY = "form[data-pay] button[type=submit]"


def arrives(page, order, language):
    page.wait_for_url(re.compile(rf"/{language}/orders/{order.number}/(\?|$)"))


def only_the_refusal_was_noted(page):
    """The browser notes that the bank answered a refusal; nothing else may be wrong."""
    noted = [said for said in page.complaints if "402" in said]
    return page.complaints == noted[:1]


@pytest.mark.parametrize("page", [PHONE], indirect=True)
@pytest.mark.parametrize(
    ("language", "currency", "country"),
    [("ar", "MAD", "MA"), ("ar", "EUR", "FR"), ("ar", "USD", "US"), ("fr", "MAD", "MA")],
    ids=lambda value: value,
)
def test_declined_then_another_card_without_3d_secure_then_a_reload(page, live_shop, language, currency, country):
    order = waiting_order(Shopping(currency, country), language)
    buyer = Shopper(page, live_shop, language)
    open_pay_page(buyer, order)
    buyer.pay_with(DECLINED_CARD)
    expect(page.locator("[data-error]")).to_be_visible()
    assert not is_paid(order)

    buyer.pay_with(GOOD_CARD)
    arrives(page, order, language)
    attempt = PaymentAttempt.objects.get(order=order)
    for _ in range(2):  # the address the bank sends people back to, again and again
        page.goto(f"{live_shop.url}/{language}/orders/{order.number}/paid/?payment_intent={attempt.intent_id}")
    page.reload()

    arrives(page, order, language)
    assert_paid_once(order)
    assert only_the_refusal_was_noted(page)


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_back_after_a_refusal_then_a_double_click_pay_once(page, live_shop):
    order = waiting_order(Shopping("EUR", "FR"), "ar")
    buyer = Shopper(page, live_shop, "ar")
    open_pay_page(buyer, order)
    buyer.pay_with(DECLINED_CARD)
    expect(page.locator("[data-error]")).to_be_visible()
    page.locator(f"main a[href='/ar/orders/{order.number}/']").click()
    arrives(page, order, "ar")
    page.go_back()
    expect(page.locator(READY)).to_be_enabled()

    frame = page.frame_locator("iframe")
    for name, value in {"number": GOOD_CARD, "expiry": "12 / 30", "cvc": "123"}.items():
        frame.locator(f"input[name={name}]").fill(value)
    page.locator(READY).dblclick()
    arrives(page, order, "ar")
    page.go_back()  # to the card page, which has nothing to ask for any more
    page.wait_for_load_state()

    assert_paid_once(order)
    page.goto(f"{live_shop.url}/ar/orders/{order.number}/pay/")
    arrives(page, order, "ar")
    assert only_the_refusal_was_noted(page)


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_case_24_a_card_is_held_until_the_office_accepts(page, live_shop, browser):
    record = something(Shopping("EUR", "FR"))
    Product.objects.filter(pk=record.product_id).update(made_to_order=True)
    order = waiting_order(Shopping("EUR", "FR"), "ar")
    Product.objects.filter(pk=record.product_id).update(made_to_order=False)  # other journeys buy it too
    buyer = Shopper(page, live_shop, "ar")
    open_pay_page(buyer, order)
    buyer.shot("ar-phone-hold")
    buyer.pay_with(GOOD_CARD)
    arrives(page, order, "ar")
    buyer.shot("ar-phone-held")
    hold = Hold.objects.get(attempt__order=order)
    assert (order.payment_attempts.get().state, hold.answer_by > timezone.now()) == ("AUTHORISED", True)
    assert not is_paid(order)

    support = Colleague(browser, live_shop, "office support")
    support.go("office/holds/")
    support.press(f"#hold-{hold.pk} button[value=accept]")
    support.leave()

    eventually(lambda: is_paid(order))
    page.reload()
    buyer.shot("ar-phone-accepted")
    assert_paid_once(order)
    assert page.complaints == []
