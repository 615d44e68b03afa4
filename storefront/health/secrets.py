"""Keeps out of the log what opens something or names someone: keys of links, codes, phones, e-mail addresses."""

import re
from collections.abc import Callable
from typing import Any

HIDDEN = "…"
_SECRETS = (
    re.compile(r"(?<=[?&]k=)[^&\s\"']+"),  # the key of an order's link
    re.compile(r"(?<=_secret_)\w+"),  # what opens a payment at Stripe, which it sends back in an address
    re.compile(r"(?<=/confirm-email/)[^/\s\"']+"),
    re.compile(r"(?<=/password/reset/key/)[^/\s\"']+"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<![\w.+-])(?:\+\d{9,15}|0[5-8]\d{8})(?!\w)"),
)


def hide(text: str) -> str:
    """Return a line with its secrets blotted out."""
    for secret in _SECRETS:
        text = secret.sub(HIDDEN, text)
    return text


def hiding(renderer: Callable[..., Any]) -> Callable[..., str]:
    """Wrap the renderer that every line of the log goes through last."""
    return lambda logger, name, event: hide(renderer(logger, name, event))
