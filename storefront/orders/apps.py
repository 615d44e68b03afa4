from django.apps import AppConfig


class OrderPagesConfig(AppConfig):
    name = "storefront.orders"
    label = "order_pages"
