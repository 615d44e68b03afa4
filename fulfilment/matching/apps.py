from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "fulfilment.matching"
    label = "matching"
