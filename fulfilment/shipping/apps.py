from oscar.apps.shipping.apps import ShippingConfig as Upstream


class ShippingConfig(Upstream):
    name = "fulfilment.shipping"
