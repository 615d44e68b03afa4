"""What people do in the shop, one method a step, through the pages they see."""

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from fulfilment.orders.models import Order
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment
from storefront.demo.accounts import TOTP_PERIOD, current_code
from tests.factories.parcels import packing_form
from tests.support.live import LiveShop

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts" / "journeys"
GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
SECURE_CARD = "4000 0027 6000 3184"
PATIENCE = 120
"""Seconds that workers are given; a hang guard, not a target."""


def eventually(look: Any, patience: float = PATIENCE) -> Any:
    """Look again until something true comes back, as a person reloads a page."""
    end = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.3)
    return found


class Shopper:
    """Someone with a phone or a laptop who buys without an account."""

    def __init__(self, page: Page, shop: LiveShop, language: str) -> None:
        self.page, self.shop, self.language = page, shop, language

    def open(self, path: str = "") -> None:
        answer = self.page.goto(f"{self.shop.url}/{self.language}/{path}")
        assert answer is not None
        assert answer.status == 200

    def prefer(self, *, currency: str, destination: str) -> None:
        form = self.page.locator("header form.preferences")
        self.page.locator("header details:has(form.preferences) > summary").click()
        form.locator("select[name=currency]").select_option(currency)
        form.locator("select[name=destination]").select_option(destination)
        with self.page.expect_navigation():
            form.locator("button[type=submit]").click()
        self.page.wait_for_load_state()

    def search(self, words: str) -> list[str]:
        """Search from the header and give the titles found."""
        self.page.locator("header input[name=q]").fill(words)
        self.page.locator("header input[name=q]").press("Enter")
        self.page.wait_for_url(re.compile(r"/search/\?"))
        return self.page.locator(".card__title").all_inner_texts()

    def add(self, address: str, quantity: str = "1") -> None:
        """Open a product's page and put it into the basket."""
        self.page.goto(f"{self.shop.url}{address}")
        self.page.locator("form[action*='/basket/add/'] input[name=quantity]").first.fill(quantity)
        with self.page.expect_response(lambda answer: "/basket/add/" in answer.url):  # a slow shop answers late
            self.page.locator("form[action*='/basket/add/'] button[type=submit]").first.click()
        self.page.wait_for_load_state()

    def go_to_checkout(self) -> None:
        self.open("basket/")
        self.page.locator(f"a[href='/{self.language}/checkout/']").click()
        self.page.wait_for_url(f"**/{self.language}/checkout/")

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def choose_province(self, name: str) -> None:
        self.page.locator("main select[name=province]").select_option(label=name)
        self.page.wait_for_load_state()
        expect(self.page.locator("input[name=delivery]").first).to_be_attached()

    def place(self, *, payment: str) -> str:
        """Press the button that obliges to pay and give the order's number."""
        self.page.locator("input[name=delivery]").first.check()
        self.page.locator(f"input[name=payment][value={payment}]").check()
        self.page.locator(".sidebar__aside button[type=submit]").first.click()
        self.page.wait_for_url(re.compile(r"/orders/[^/]+/"))
        return self.page.url.split("/orders/")[1].split("/")[0]

    def pay_with(self, card: str) -> None:
        frame = self.page.frame_locator("iframe")
        frame.locator("input[name=number]").fill(card)
        frame.locator("input[name=expiry]").fill("12 / 30")
        frame.locator("input[name=cvc]").fill("123")
        self.page.locator("form[data-pay] button[type=submit]").click()

    def answer_challenge(self, outcome: str) -> None:
        """Accept, refuse or abandon what the buyer's bank asks in its frame."""
        challenge = self.page.frame_locator("iframe[title='3-D Secure']")
        challenge.locator(f"button[data-outcome={outcome}]").click()

    def shot(self, name: str) -> Path:
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path


class Colleague:
    """Someone with an account of the demonstration: signs in once a run, second factor included."""

    kept: dict[tuple[str, str], Any] = {}

    def __init__(self, browser: Browser, shop: LiveShop, role: str) -> None:
        self.shop, self.role = shop, role
        accounts = json.loads((shop.data_dir / "accounts.json").read_text())
        self.account = next(account for account in accounts if account["role"] == role)
        state = self.kept.get((shop.url, role))
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, storage_state=state)
        self.page = self.context.new_page()
        if state is None:
            self.sign_in()

    def sign_in(self) -> None:
        self.page.goto(f"{self.shop.url}/fr/accounts/login/")
        self.page.locator("main input[name=login]").fill(self.account["login"])
        self.page.locator("main input[name=password]").fill(self.account["password"])
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_url(re.compile(r"/accounts/2fa/authenticate/"))
        left = TOTP_PERIOD - time.time() % TOTP_PERIOD
        if left < 10:
            time.sleep(left + 0.5)  # the code would go stale on the way
        self.page.locator("main input[name=code]").fill(current_code(self.account["totp_secret"], time.time()))
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/login/" not in url and "/2fa/" not in url, wait_until="commit")
        self.kept[(self.shop.url, self.role)] = self.context.storage_state()

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.shop.url}/fr/{path}")
        assert answer is not None
        assert answer.status == 200

    def press(self, selector: str) -> None:
        self.page.locator(selector).click()
        self.page.wait_for_load_state()

    def leave(self) -> None:
        self.context.close()


STEPS = ("pick", "pack", "hand_over", "deliver")


def carry_to_the_door(
    browser: Browser, shop: LiveShop, number: str, *, steps: Sequence[str] = STEPS, courier: str = ""
) -> None:
    """Move every consignment of an order through its steps, as logistics does, handed to our round of this name."""
    Courier.objects.get_or_create(name=courier or "Tournée", kind=Courier.Kind.OWN)
    order = Order.objects.get(number=number)
    eventually(lambda: order.consignments.exists())
    logistics = Colleague(browser, shop, "office logistics")
    for consignment in order.consignments.all():
        for step in steps:
            logistics.go(f"office/consignments/{consignment.reference}/")
            if step == "hand_over" and courier:
                logistics.page.locator("select[name=courier]").select_option(label=courier)
            logistics.press(f"button[name=step][value={step}]")
            if step == "pack":
                count_whole(logistics, consignment)
            if step == "pack" and order.side == "export":
                eventually(lambda parcel=consignment: parcel.customs_papers.exists())  # without them it stays
    logistics.leave()


def count_whole(logistics: Colleague, consignment: Consignment) -> None:
    """Count what a parcel must hold on the packing page, weigh it and close it."""
    form = packing_form(consignment)
    for name in (name for name in form if name.startswith(("count_", "weight_g"))):
        logistics.page.locator(f"main input[name={name}]").fill(str(form[name]))
    logistics.press("main button[name=step][value=close]")
