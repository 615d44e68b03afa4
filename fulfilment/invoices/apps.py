from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "fulfilment.invoices"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
