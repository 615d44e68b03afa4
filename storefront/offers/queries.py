"""Whether any offer could apply, from the local cache: every page with a basket asks."""

from django.core.cache import caches
from django.db.models.signals import post_delete, post_save

from .models import ConditionalOffer

KEY = "offers.running"


def offers_are_running() -> bool:
    cache = caches["local"]
    running = cache.get(KEY)
    if running is None:
        running = ConditionalOffer.objects.exists()
        cache.set(KEY, running)
    return running


def _forget(**kwargs: object) -> None:
    caches["local"].delete(KEY)


post_save.connect(_forget, sender=ConditionalOffer, dispatch_uid="offers.forget_saved")
post_delete.connect(_forget, sender=ConditionalOffer, dispatch_uid="offers.forget_deleted")
