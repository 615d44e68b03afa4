from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "storefront.health"
