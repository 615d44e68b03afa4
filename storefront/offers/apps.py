from oscar.apps.offer.apps import OfferConfig as Upstream


class OffersConfig(Upstream):
    name = "storefront.offers"
