"""Where exchange rates come from, behind one port (``base``). Asked by commands and jobs, never by a page."""

from django.conf import settings

from .bank_al_maghrib import BankAlMaghrib
from .base import Source


def bank() -> Source | None:
    """Return the central bank's service as the settings say, or none when the shop has no key for it."""
    if not settings.BAM_API_KEY:
        return None
    return BankAlMaghrib(base=settings.BAM_API_BASE, key=settings.BAM_API_KEY)
