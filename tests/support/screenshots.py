"""Pictures of the shop for docs/screenshots: ``python -m tests.support.screenshots http://127.0.0.1:8000``.

Runs against a demonstration that is open. Home, category, product, basket, checkout, a cooperative and the directory:
Arabic on a phone, French on a desk, English in the dark.
"""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import browser as browsers

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
LOOKS = {"ar": PHONE, "fr": DESK, "en": {**DESK, "color_scheme": "dark"}}
FIRST_CARD = ".card__title a"


def main(base_url: str) -> None:
    """Walk through the shop once in each language, a picture at each stop."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.chromium(), args=browsers.FLAGS)
        for language, look in LOOKS.items():
            walk(browser, f"{base_url}/{language}/", language, look)
        browser.close()


def walk(browser: Browser, home: str, language: str, look: dict[str, object]) -> None:
    """Take the pictures of one language."""
    page = browser.new_context(locale=f"{language}-MA", **look).new_page()  # type: ignore[arg-type]

    def take(name: str) -> None:
        settle(page)
        with Image.open(BytesIO(page.screenshot())) as picture:
            small = picture.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE)  # a third of the bytes
            small.save(FOLDER / f"{name}-{language}.png", optimize=True)

    page.goto(home)
    take("home")
    page.goto(home + "cooperatives/")
    take("directory")
    page.locator("main .grid a").first.click()
    take("cooperative")
    page.goto(home)
    page.locator(".grid--tiles a.tile").first.click()
    take("category")
    page.locator(FIRST_CARD).first.click()
    take("product")
    page.locator('form[action*="basket/add"] button').first.click()
    take("basket")
    page.goto(home + "checkout/")
    take("checkout")


def settle(page: Page) -> None:
    """Wait for fonts and pictures."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
