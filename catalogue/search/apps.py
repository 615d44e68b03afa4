from oscar.apps.search.apps import SearchConfig as Upstream


class SearchConfig(Upstream):
    name = "catalogue.search"
