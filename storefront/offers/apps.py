from oscar.apps.offer.apps import OfferConfig as Upstream


class OffersConfig(Upstream):
    name = "storefront.offers"

    def ready(self) -> None:
        super().ready()
        from . import receivers  # noqa: F401
