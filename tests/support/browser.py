"""A real browser: the machine's own Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# Without the background flags Chromium looks up its maker's hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def required_chromium() -> str:
    """Skip with one line where there is none; fail where a skipped journey would be a lie."""
    program = chromium()
    if program is None:
        line = "no Chromium on this machine: install the package chromium, or set CHROMIUM"
        if "JOURNEYS_REQUIRED" in os.environ:
            pytest.fail(line)
        pytest.skip(line)
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = required_chromium()
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh visitor's page; ``@pytest.mark.parametrize("page", [{…}], indirect=True)`` gives context options."""
    options = {"viewport": {"width": 1280, "height": 900}, "locale": "en-MA", **getattr(request, "param", {})}
    context = browser.new_context(**options)
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    opened.complaints = []  # what the console says: a broken content policy shows here
    opened.on("console", lambda said: said.type == "error" and opened.complaints.append(said.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()
