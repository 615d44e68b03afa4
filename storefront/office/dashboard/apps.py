from typing import Any

from oscar.apps.dashboard.apps import DashboardConfig as Upstream


class DashboardConfig(Upstream):
    """Oscar's dashboard for staff alone. Where it adds currencies, the office's own sales page stands instead."""

    name = "storefront.office.dashboard"

    def get_urls(self) -> list[Any]:
        """Return Oscar's addresses, every page behind the guard."""
        from .guard import guard

        patterns: list[Any] = super().get_urls()
        guard(patterns)
        return patterns
