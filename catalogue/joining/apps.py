from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "catalogue.joining"
    label = "joining"
