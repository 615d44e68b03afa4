"""The Celery application: workers and beat read their settings from Django's."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")

app = Celery("storefront")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
@worker_init.connect
def refuse_excess_rights(**kwargs: Any) -> None:
    """Stop a worker, or beat, whose database role could do more than work with rows."""
    from catalogue.kernel import roles

    try:
        roles.refuse_excess_rights()
    except roles.ExcessRights as excess:
        sys.exit(str(excess))  # Celery only logs an exception raised here
