"""Where an order is fetched by its buyer instead of being sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class FetchedInShop(models.Model):
    """``collect_at``: it is not sent, its pieces are that shop's alone. A trigger refuses every change."""

    collect_at = models.ForeignKey(
        "lots.Place",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="collected_orders",
        help_text="the shop where its buyer fetches it, or bought it at the counter",
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="order_collected_at_home",
                condition=Q(collect_at__isnull=True, channel__in=("web_ma", "web_abroad"))
                | Q(collect_at__isnull=False, destination="MA", channel__in=("web_ma", "shop")),
            )
        ]
