from django.apps import AppConfig


class ClosingConfig(AppConfig):
    name = "fulfilment.closing"
    label = "closing"
