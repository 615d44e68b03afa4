from django.apps import AppConfig
from django.urls import URLPattern
from oscar.config import Shop


class OscarConfig(Shop):
    """Oscar's root: its templates, texts and template tags. The addresses stand in storefront/urls.py."""

    name = "oscar"

    def get_urls(self) -> list[URLPattern]:
        return []


class ShopConfig(AppConfig):
    name = "storefront.shop"
    label = "shop"
