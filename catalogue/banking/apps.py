from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "catalogue.banking"
    label = "banking"
