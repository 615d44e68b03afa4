from django.apps import AppConfig


class ShopsConfig(AppConfig):
    name = "catalogue.shops"
    label = "shops"
