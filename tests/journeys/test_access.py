"""Every page of the shop for everyone: 320 px wide, both directions, both schemes, readable, named, labelled."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from catalogue.cooperatives.models import Partner
from catalogue.products.models import Category, Product

pytestmark = pytest.mark.timeout(600)

LOOK = (Path(__file__).parent / "access.js").read_text(encoding="utf-8")


def pages() -> list[str]:
    product = Product.objects.filter(is_public=True, stockrecords__num_in_stock__gt=5).order_by("sku").first()
    category = Category.objects.get(code="oils")
    cooperative = Partner.objects.filter(stockrecords__product=product).first()
    return [
        "",
        "catalogue/",
        f"catalogue/category/{category.slug}_{category.pk}/",
        f"catalogue/{product.slug}_{product.pk}/",
        "cooperatives/",
        f"cooperatives/{cooperative.slug}/",
        "regions/",
        "prices/",
        "search/?q=argan",
        "search/?q=" + "x" * 90,
        "basket/",
        "checkout/",
        "orders/find/",
        "accounts/login/",
        "accounts/signup/",
        "no-such-page/",
    ]


@pytest.mark.parametrize(("language", "scheme"), [("ar", "light"), ("ar", "dark"), ("fr", "light"), ("en", "dark")])
def test_every_page_can_be_read_by_everyone(live_shop, browser: Browser, language, scheme):
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, locale="en-MA")
    page = context.new_page()
    product = Product.objects.filter(is_public=True, stockrecords__num_in_stock__gt=5).order_by("sku").first()
    page.goto(f"{live_shop.url}/{language}/catalogue/{product.slug}_{product.pk}/")
    page.locator('form[action*="basket/add"] button').first.click()  # basket and checkout shall not be empty

    wrong = {}
    for path in pages():
        page.goto(f"{live_shop.url}/{language}/{path}")
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        if found := page.evaluate(LOOK):
            wrong[path] = found
    context.close()

    assert wrong == {}


def test_the_first_key_press_offers_to_skip_to_the_content(live_shop, browser: Browser):
    page = browser.new_page()
    page.goto(f"{live_shop.url}/ar/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"
    page.close()
