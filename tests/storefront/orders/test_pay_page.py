"""The card page lets in Stripe's script, its frame and its calls, and nothing else; no card comes near our code."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.orders.links import key_for
from fulfilment.payments import operations as payments
from tests.factories.bank import open_bank, pay
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
OURS = "/static/js/pay.js"
ELSEWHERE = ("default-src", "img-src", "style-src", "font-src", "form-action", "base-uri", "object-src")


@pytest.fixture
def page(client):
    open_deliveries()
    with open_bank():
        order = place_order((stock(), 1), shopping=Shopping("EUR", "FR"))
        yield client.get(f"/en/orders/{order.number}/pay/?k={key_for(order.number)}")


def policy_of(page):
    rules = (rule.split() for rule in page["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in rules}


def test_the_page_carries_two_scripts_ours_and_stripes(page, settings):
    scripts = re.findall(r"<script\b[^>]*>", page.content.decode())
    sources = [re.search(r'src="([^"]*)"', one) for one in scripts if "application/json" not in one]

    assert [found.group(1) for found in sources] == [settings.STRIPE_JS_URL, OURS]


def test_the_policy_names_stripe_and_this_page_s_nonce_and_allows_nothing_inline(page, settings):
    policy = policy_of(page)
    origin = settings.STRIPE_JS_URL.removesuffix("/v3/")

    nonce = re.search(r"'nonce-[^']+'", page["Content-Security-Policy"]).group()
    assert sorted(policy["script-src"]) == sorted(["'self'", nonce, origin])
    assert policy["frame-src"] == [origin]
    assert sorted(policy["connect-src"]) == sorted({"'self'", *settings.STRIPE_CONNECT})
    assert "unsafe" not in page["Content-Security-Policy"]
    assert [name for name in ELSEWHERE if origin in policy[name]] == []


def test_the_page_has_no_field_for_a_card(page):
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", page.content.decode())

    assert [one for one in fields if re.search(r"card|number|cvc|expir|cc-", one)] == []


def test_our_script_never_reads_a_field():
    text = (ROOT / "storefront/static/js/pay.js").read_text()

    assert re.findall(r"\.value\b|card|number|localStorage|console\.", text.split("*/", 1)[1]) == []


def test_no_card_number_stands_in_the_shop_s_code():
    numbers = re.compile(r"\b4[0-9]{3} ?[0-9]{4} ?[0-9]{4} ?[0-9]{4}\b")
    sources = [path for floor in ("catalogue", "fulfilment", "storefront") for path in (ROOT / floor).rglob("*.py")]

    found = [path for path in sources if "demo" not in path.parts and numbers.search(path.read_text())]

    assert found == []


GUARDED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
}


def test_the_card_page_is_kept_by_no_cache_and_shown_in_no_frame(page):
    assert {name: page[name] for name in GUARDED} == GUARDED
    assert "no-store" in page["Cache-Control"]
    assert policy_of(page)["frame-ancestors"] == ["'none'"]
    assert page["Referrer-Policy"] in ("same-origin", "strict-origin-when-cross-origin", "no-referrer")


def test_the_return_page_leads_away_from_the_secret_in_its_address(client):
    open_deliveries()
    with open_bank() as bank:
        order = place_order((stock(), 1), shopping=Shopping("EUR", "FR"))
        payment = payments.start(order_id=order.pk, now=timezone.now())
        pay(bank, payment.id)
        query = {
            "k": key_for(order.number),
            "payment_intent": payment.id,
            "payment_intent_client_secret": payment.client_secret,
            "redirect_status": "succeeded",
        }
        answer = client.get(f"/en/orders/{order.number}/paid/", query)
        followed = client.get(answer.url)

    assert (answer.status_code, answer.url) == (302, f"/en/orders/{order.number}/")
    assert "no-store" in answer["Cache-Control"]
    assert {name: answer[name] for name in GUARDED} == GUARDED
    assert payment.client_secret not in followed.content.decode()
    assert re.findall(r"<script\b[^>]*stripe", followed.content.decode()) == []


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_what_the_address_says_of_the_payment_is_not_believed(client, status):
    open_deliveries()
    with open_bank():
        order = place_order((stock(), 1), shopping=Shopping("EUR", "FR"))
        payment = payments.start(order_id=order.pk, now=timezone.now())
        query = {"k": key_for(order.number), "payment_intent": payment.id, "redirect_status": status}
        client.get(f"/en/orders/{order.number}/paid/", query)

    order.refresh_from_db()
    assert order.status == "PENDING_PAYMENT"
