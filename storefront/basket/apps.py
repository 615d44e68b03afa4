from oscar.apps.basket.apps import BasketConfig as Upstream


class BasketConfig(Upstream):
    name = "storefront.basket"
