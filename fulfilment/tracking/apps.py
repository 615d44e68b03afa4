from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "fulfilment.tracking"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
