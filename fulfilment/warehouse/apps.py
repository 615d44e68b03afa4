from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "fulfilment.warehouse"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
