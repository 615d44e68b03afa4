"""Where the office's pages are."""

from django.urls import reverse


def english(name: str, *args: object) -> str:
    """Return the address of a page of the office, in English."""
    return "/en" + reverse(f"office:{name}", args=args)[3:]
