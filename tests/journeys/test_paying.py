"""Paying in a real browser: the bank asks for a confirmation, is refused one, and takes another card."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.shopping import Shopping
from catalogue.places.models import Province
from fulfilment.orders.links import key_for
from fulfilment.orders.models import Order
from fulfilment.orders.policies import Item
from fulfilment.orders.queries import quote
from fulfilment.payments.models import PaymentAttempt, StripeEvent
from fulfilment.shipping import queries as shipping
from storefront.checkout import operations
from tests.factories.orders import address_for, make_basket, make_wanted

from .people import GOOD_CARD, SECURE_CARD, Shopper, eventually

pytestmark = pytest.mark.timeout(300)

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "ar-MA", "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}, "locale": "fr-FR"}


HOME = {
    "last_name": "فاطمة الزهراء",
    "phone_number": "+212740000198",
    "country_id": "MA",
    "line1": "دوار أولاد صالح",
    "line4": "تاونات",
}


def something(shopping: Shopping) -> StockRecord:
    """Give what this shopper can buy and pay by card: slippers, where food may not go."""
    return (
        StockRecord.objects.filter(
            num_in_stock__gt=5,
            product__is_public=True,
            product__ship_flags=[],
            product__categories__code__startswith="crafts",
            prices__currency=shopping.currency,
            prices__side=shopping.side,
            prices__price__gt=20,
        )
        .order_by("pk")
        .first()
    )


def waiting_order(shopping: Shopping, language: str) -> Order:
    """Place an order that waits for its card, as the checkout does."""
    record = something(shopping)
    home = shopping.destination == "MA"
    address = HOME | {"province": Province.objects.get(code__endswith="TAO")} if home else address_for(shopping)
    zone = shipping.zone_of(shopping.destination, address.get("province"))
    offered = quote([Item(record.pk, 1)], shopping=shopping, zone_code=zone, now=timezone.now()).deliveries
    basket = make_basket((record, 1), shopping=shopping)
    wanted = make_wanted(
        basket, shopping=shopping, language=language, payment_method="card", delivery=offered[0].code, address=address
    )
    placed = operations.place(basket_id=basket.pk, wanted=wanted, now=timezone.now())
    return Order.objects.get(pk=placed.order_id)


def open_pay_page(shopper: Shopper, order: Order) -> list[str]:
    """Open the card page; give the list in which everything sent to the shop itself is noted."""
    sent: list[str] = []
    shopper.page.on(
        "request",
        lambda request: (
            sent.append(f"{request.url} {request.post_data or ''}")
            if request.url.startswith(shopper.shop.url)
            else None
        ),
    )
    shopper.open(f"orders/{order.number}/pay/?k={key_for(order.number)}")
    return sent


def is_paid(order: Order) -> bool:
    order.refresh_from_db()
    return order.status in (Order.Status.PAID, Order.Status.PREPARING)


def assert_paid_once(order: Order) -> None:
    attempt = PaymentAttempt.objects.get(order=order)
    assert is_paid(order)
    assert (attempt.state, attempt.captured, attempt.currency) == ("SUCCEEDED", order.total_incl_tax, order.currency)
    told = StripeEvent.objects.filter(object_id=attempt.intent_id, type="payment_intent.succeeded")
    eventually(lambda: told.filter(processed_at__isnull=False).exists())
    assert order.events.filter(kind="paid").count() == 1


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_arabic_dirhams_confirmed_by_3d_secure(page, live_shop):
    order = waiting_order(Shopping("MAD", "MA"), "ar")
    buyer = Shopper(page, live_shop, "ar")
    sent = open_pay_page(buyer, order)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("form[data-pay] button[type=submit]")).to_be_enabled()
    buyer.shot("ar-phone-pay")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    buyer.pay_with(SECURE_CARD)
    expect(page.frame_locator("iframe[title='3-D Secure']").locator("h1")).to_have_text("بنككم يطلب التأكيد")
    buyer.shot("ar-phone-3ds")
    buyer.answer_challenge("accept")
    page.wait_for_url(re.compile(rf"/ar/orders/{order.number}/(\?|$)"))

    assert_paid_once(order)
    assert page.complaints == []
    assert_no_card(sent, live_shop)


@pytest.mark.parametrize("page", [DESKTOP], indirect=True)
def test_french_euros_refused_by_3d_secure_abandoned_then_another_card(page, live_shop):
    order = waiting_order(Shopping("EUR", "FR"), "fr")
    buyer = Shopper(page, live_shop, "fr")
    sent = open_pay_page(buyer, order)
    scripts = page.evaluate("[...document.scripts].filter(one => one.type !== 'application/json').map(one => one.src)")
    buyer.shot("fr-desktop-pay")

    buyer.pay_with(SECURE_CARD)
    expect(page.frame_locator("iframe[title='3-D Secure']").locator("[data-amount]")).to_contain_text("€")
    buyer.shot("fr-desktop-3ds")
    buyer.answer_challenge("refuse")
    expect(page.locator("[data-error]")).to_contain_text("Votre banque n'a pas confirmé le paiement.")
    buyer.shot("fr-desktop-refused")
    buyer.pay_with(SECURE_CARD)
    buyer.answer_challenge("abandon")
    expect(page.locator("[data-error]")).to_be_visible()
    assert not is_paid(order)
    buyer.pay_with(GOOD_CARD)
    page.wait_for_url(re.compile(rf"/fr/orders/{order.number}/(\?|$)"))

    assert_paid_once(order)
    stand_in = live_shop.environment["STRIPE_API_BASE"]
    assert scripts == [f"{stand_in}/v3/", f"{live_shop.url}/static/js/pay.js"] or [
        re.sub(r"\.[0-9a-f]{8,}\.js$", ".js", one) for one in scripts
    ] == [f"{stand_in}/v3/", f"{live_shop.url}/static/js/pay.js"]
    noted = [said for said in page.complaints if "402" in said]
    assert page.complaints == noted[:1]  # the browser notes that the bank answered a refusal; nothing else was wrong
    assert_no_card(sent, live_shop)


@pytest.mark.parametrize("page", [PHONE | {"locale": "fr-FR"}], indirect=True)
def test_french_dollars_in_two_tabs_are_paid_once(page, live_shop):
    order = waiting_order(Shopping("USD", "US"), "fr")
    buyer = Shopper(page, live_shop, "fr")
    open_pay_page(buyer, order)
    other = Shopper(page.context.new_page(), live_shop, "fr")
    open_pay_page(other, order)
    expect(other.page.locator("form[data-pay] button[type=submit]")).to_be_enabled()
    buyer.shot("fr-phone-pay")

    buyer.pay_with(SECURE_CARD)
    buyer.answer_challenge("accept")
    page.wait_for_url(re.compile(rf"/fr/orders/{order.number}/(\?|$)"))
    other.pay_with(GOOD_CARD)
    other.page.wait_for_url(re.compile(rf"/fr/orders/{order.number}/(\?|$)"))
    page.go_back()
    page.wait_for_load_state()

    assert_paid_once(order)
    assert page.complaints == []


DRAW = """async ([key, options]) => {
    window.mine = { stripe: Stripe(key, { locale: "fr" }) };
    mine.elements = mine.stripe.elements(options);
    const place = document.createElement("div");
    place.id = "mine";
    document.body.append(place);
    const field = mine.elements.create("payment");
    const ready = new Promise((resolve) => field.on("ready", resolve));
    field.mount("#mine");
    await ready;
}"""
CONFIRM = """async () => {
    const form = document.querySelector("[data-pay]");
    const begun = await (await fetch(form.dataset.start, { method: "POST", body: new FormData(form) })).json();
    await mine.elements.submit();
    const ended = await mine.stripe.confirmPayment({
        elements: mine.elements, clientSecret: begun.client_secret, redirect: "if_required",
    });
    return [ended.paymentIntent.status, location.pathname];
}"""


@pytest.mark.parametrize("page", [DESKTOP], indirect=True)
def test_the_stand_in_stays_on_the_page_when_it_need_not_leave(page, live_shop):
    order = waiting_order(Shopping("EUR", "FR"), "fr")
    buyer = Shopper(page, live_shop, "fr")
    open_pay_page(buyer, order)
    expect(page.locator("form[data-pay] button[type=submit]")).to_be_enabled()

    page.evaluate(DRAW, ["pk_test_demonstration", {"mode": "payment", "amount": 100, "currency": "eur"}])
    field = page.frame_locator("#mine iframe")
    for name, value in {"number": GOOD_CARD, "expiry": "12 / 30", "cvc": "123"}.items():
        field.locator(f"input[name={name}]").fill(value)
    ended = page.evaluate(CONFIRM)

    assert ended == ["succeeded", f"/fr/orders/{order.number}/pay/"]
    eventually(lambda: is_paid(order))  # by the event alone: nobody came back
    assert_paid_once(order)


def assert_no_card(sent: list[str], shop: object) -> None:
    """Neither what the browser sent to the shop nor any log of it holds a card's number."""
    numbers = re.compile("4242 ?4242 ?4242 ?4242|4000 ?0027 ?6000 ?3184")
    assert sent
    assert [one for one in sent if numbers.search(one)] == []
    for log in shop.data_dir.glob("*.log"):  # type: ignore[attr-defined]
        assert numbers.search(log.read_text(errors="replace")) is None, log
