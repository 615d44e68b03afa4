"""Addresses put into messages."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return a page's whole address, never taken from a request's Host header."""
    return settings.BASE_URL.rstrip("/") + path
