from oscar.apps.order.apps import OrderConfig as Upstream


class OrdersConfig(Upstream):
    name = "fulfilment.orders"
