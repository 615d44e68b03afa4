from django.apps import AppConfig


class CustomsConfig(AppConfig):
    name = "fulfilment.customs"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
