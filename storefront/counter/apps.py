from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "storefront.counter"
    label = "counter"
