from django.apps import AppConfig


class ReceivingConfig(AppConfig):
    name = "catalogue.receiving"
    label = "receiving"
