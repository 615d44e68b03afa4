from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "fulfilment.papers"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
