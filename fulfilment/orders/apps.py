from oscar.apps.order.apps import OrderConfig as Upstream


class OrdersConfig(Upstream):
    name = "fulfilment.orders"

    def ready(self) -> None:
        super().ready()
        from . import receivers  # noqa: F401
