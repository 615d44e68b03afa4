"""What happens by the clock. Beat writes a job row for each slot; the rest is as for any other job."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "canary": {
        "task": "fulfilment.jobs.canary",
        "schedule": timedelta(minutes=1),
        "kwargs": {"name": "worker"},
    },
    "canary-money": {
        "task": "fulfilment.jobs.canary_money",
        "schedule": timedelta(minutes=1),
        "kwargs": {"name": "worker-money"},
    },
    "look-at-payments": {"task": "fulfilment.payments.sweep", "schedule": timedelta(minutes=1)},
    "fetch-rates": {"task": "storefront.office.fetch_rates", "schedule": crontab(hour="13,17", minute=5)},
    "look-at-refunds": {"task": "fulfilment.payments.look_at_refunds", "schedule": timedelta(minutes=10)},
    "remind-of-transfers": {
        "task": "fulfilment.payments.remind_of_transfers",
        "schedule": crontab(hour="9-18", minute=25),
    },
    "remind-of-holds": {"task": "fulfilment.payments.remind_of_holds", "schedule": timedelta(hours=1)},
    "look-at-confirmations": {
        "task": "fulfilment.orders.look_at_confirmations",
        "schedule": timedelta(minutes=10),
    },
    "look-at-disputes": {"task": "fulfilment.payments.look_at_disputes", "schedule": timedelta(hours=1)},
    "fill-gaps-of-the-webhook": {"task": "fulfilment.payments.fill_gaps", "schedule": timedelta(hours=1)},
    "fill-gaps-of-the-night": {"task": "fulfilment.payments.fill_gaps", "schedule": crontab(hour=2, minute=40)},
    "check-accounts": {"task": "fulfilment.payments.check_accounts", "schedule": crontab(hour=4, minute=10)},
    "forget-old-events": {"task": "fulfilment.payments.forget_events", "schedule": crontab(hour=3, minute=30)},
    "forget-old-jobs": {"task": "fulfilment.jobs.forget_old", "schedule": crontab(hour=3, minute=10)},
    "forget-old-messages": {"task": "storefront.notifications.forget_old", "schedule": crontab(hour=3, minute=20)},
}
