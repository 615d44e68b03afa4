import re

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "storefront" / "static" / "css"
STYLESHEETS = sorted(CSS.rglob("*.css"))
PHYSICAL = re.compile(
    r"\b(?<!safe-area-)(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\b"
    r"|\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r"|(?:^|[{;\s])(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:",
    re.MULTILINE,
)
PAIRS = [
    *(("text", ground) for ground in ("page", "surface", "sunken", "brand-soft", "accent-soft", "info-soft")),
    *(("text-soft", ground) for ground in ("page", "surface", "sunken")),
    *(("link", ground) for ground in ("page", "surface", "sunken", "info-soft")),
    *(("success", ground) for ground in ("page", "surface", "success-soft", "brand-soft")),
    *(("warning", ground) for ground in ("page", "surface", "warning-soft")),
    *(("danger", ground) for ground in ("page", "surface", "danger-soft")),
    *(("accent", ground) for ground in ("page", "surface", "accent-soft")),
    ("info", "info-soft"),
    ("page", "accent"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("footer-text", "footer"),
    ("footer-soft", "footer"),
]


def without_comments(path):
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def schemes():
    text = without_comments(CSS / "tokens.css")
    blocks = re.findall(r"color-scheme: (\w+);(.*?)\}", text, flags=re.DOTALL)
    return [(scheme, dict(re.findall(r"--color-([\w-]+): (#[0-9a-f]{6});", block))) for scheme, block in blocks]


def brightness(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_no_stylesheet_uses_physical_sides(path):
    css = re.sub(r"@media[^{]+\{|@container[^{]+\{", "{", without_comments(path))

    assert PHYSICAL.findall(css) == []


def test_the_main_stylesheet_imports_every_component_once():
    imported = re.findall(r'components/([\w-]+\.css)"', (CSS / "main.css").read_text(encoding="utf-8"))

    assert imported == sorted(path.name for path in (CSS / "components").glob("*.css"))


def test_every_custom_property_that_is_used_is_set_somewhere():
    text = "".join(without_comments(path) for path in STYLESHEETS)

    assert set(re.findall(r"var\((--[\w-]+)\)", text)) - set(re.findall(r"(--[\w-]+):", text)) == set()


def test_the_dark_colours_are_the_same_for_a_page_and_for_a_part():
    light, page, part = schemes()

    assert light[1].keys() == page[1].keys()
    assert page == part


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_is_readable_on_its_ground(scheme):
    colours = schemes()[scheme][1]

    weak = {(ink, ground): contrast(colours[ink], colours[ground]) for ink, ground in PAIRS}

    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_field_and_the_focus_are_visible(scheme):
    colours = schemes()[scheme][1]

    for ground in ("page", "surface"):
        assert contrast(colours["border-strong"], colours[ground]) >= 3
        assert contrast(colours["focus"], colours[ground]) >= 3
