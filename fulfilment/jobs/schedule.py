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
    "look-at-shortages": {"task": "fulfilment.warehouse.look_at_shortages", "schedule": timedelta(minutes=10)},
    "look-at-collections": {"task": "fulfilment.collecting.look_at_waiting", "schedule": timedelta(minutes=10)},
    "look-at-disputes": {"task": "fulfilment.payments.look_at_disputes", "schedule": timedelta(hours=1)},
    "fill-gaps-of-the-webhook": {"task": "fulfilment.payments.fill_gaps", "schedule": timedelta(hours=1)},
    "fill-gaps-of-the-night": {"task": "fulfilment.payments.fill_gaps", "schedule": crontab(hour=2, minute=40)},
    "check-accounts": {"task": "fulfilment.payments.check_accounts", "schedule": crontab(hour=4, minute=10)},
    "match-four-ways": {"task": "fulfilment.matching.run", "schedule": crontab(hour=4, minute=40)},
    "make-missing-customs-papers": {
        "task": "fulfilment.customs.make_missing_papers",
        "schedule": timedelta(minutes=10),
    },
    "draft-weekly-payouts": {
        "task": "fulfilment.payouts.draft_run",
        "schedule": crontab(day_of_week="mon", hour=5, minute=15),
        "kwargs": {"cycle": "weekly"},
    },
    "draft-fortnightly-payouts": {
        "task": "fulfilment.payouts.draft_run",
        "schedule": crontab(day_of_month="1,16", hour=5, minute=20),
        "kwargs": {"cycle": "fortnightly"},
    },
    "draft-monthly-payouts": {
        "task": "fulfilment.payouts.draft_run",
        "schedule": crontab(day_of_month="1", hour=5, minute=25),
        "kwargs": {"cycle": "monthly"},
    },
    "note-missing-cash": {"task": "fulfilment.payments.note_missing", "schedule": crontab(hour=5, minute=10)},
    "credit-missing": {"task": "fulfilment.invoices.credit_missing", "schedule": crontab(hour=3, minute=40)},
    "retire-lots": {"task": "storefront.office.retire_lots", "schedule": crontab(hour=1, minute=10)},
    "propose-call-offs": {"task": "storefront.office.propose_call_offs", "schedule": crontab(hour=5, minute=40)},
    "forget-old-events": {"task": "fulfilment.payments.forget_events", "schedule": crontab(hour=3, minute=30)},
    "forget-old-jobs": {"task": "fulfilment.jobs.forget_old", "schedule": crontab(hour=3, minute=10)},
    "forget-old-messages": {"task": "storefront.notifications.forget_old", "schedule": crontab(hour=3, minute=20)},
}
