from oscar.apps.checkout.apps import CheckoutConfig as Upstream


class CheckoutConfig(Upstream):
    name = "storefront.checkout"
