from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "fulfilment.payouts"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
