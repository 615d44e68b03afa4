from typing import Any

from oscar.apps.search.apps import SearchConfig as Upstream


class SearchConfig(Upstream):
    """Oscar's search app without its views, which lean on Haystack: PostgreSQL searches here."""

    name = "catalogue.search"

    def ready(self) -> None:
        from . import receivers  # noqa: F401

    def get_urls(self) -> list[Any]:
        return []
