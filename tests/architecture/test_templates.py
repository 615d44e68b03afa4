"""The content security policy allows no inline style, script or handler: no template may bring one."""

import re

import pytest
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
LETTERS = {"email", "emails", "documents"}
"""Mail programs and the renderer of PDFs know no stylesheet but the one in the text."""
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if not LETTERS & set(path.relative_to(TEMPLATES).parts))
INLINE = re.compile(
    r"<style\b|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\b(?:src=|type=\"application/(?:ld\+)?json\"))",
    re.IGNORECASE,
)
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_brings_inline_style_script_or_handlers(path):
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_every_component_says_what_it_needs(path):
    assert path.read_text(encoding="utf-8").startswith("{# ")
