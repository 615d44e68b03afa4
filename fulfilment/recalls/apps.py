from django.apps import AppConfig


class RecallsConfig(AppConfig):
    name = "fulfilment.recalls"
    label = "recalls"
