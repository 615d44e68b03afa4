"""Keeps what can be found in step with products changed one at a time; bulk loads refresh by themselves."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from catalogue.products.models import Product, ProductCategory

from . import operations


@receiver(post_save, sender=Product, dispatch_uid="search.product_saved")
def product_saved(instance: Product, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        operations.refresh([instance.pk])


@receiver(post_save, sender=ProductCategory, dispatch_uid="search.product_moved_in")
@receiver(post_delete, sender=ProductCategory, dispatch_uid="search.product_moved_out")
def product_moved(instance: ProductCategory, **kwargs: Any) -> None:
    operations.refresh([instance.product_id])
