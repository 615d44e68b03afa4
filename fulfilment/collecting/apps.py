from django.apps import AppConfig


class CollectingConfig(AppConfig):
    name = "fulfilment.collecting"
    label = "collecting"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
