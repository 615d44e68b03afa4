from oscar.apps.customer.apps import CustomerConfig as Upstream


class CustomerConfig(Upstream):
    name = "storefront.customer"
