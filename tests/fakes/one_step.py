"""Does one step of a payment in a process of its own, which dies in a named place the first time it gets there.

``python -m tests.fakes.one_step PLACE FOLDER STEP KEY``: see ``tests.fakes.accidents`` for places.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

LATE = timedelta(minutes=31)


def main(place: str, folder: str, step: str, key: str) -> None:
    django.setup()
    from django.utils import timezone

    from fulfilment.payments import operations
    from tests.fakes.accidents import arm

    arm(place, Path(folder))
    now = timezone.now()
    steps: dict[str, Callable[[], object]] = {
        "start": lambda: operations.start(order_id=int(key), now=now),
        "settle": lambda: operations.settle(intent_id=key, now=now),
        "apply": lambda: operations.apply_event(event_id=key, now=now),
        "sweep": lambda: operations.sweep(now=now + LATE),
        "refund": lambda: operations.send_refund(refund_id=int(key), now=now),
    }
    steps[step]()


if __name__ == "__main__":
    main(*sys.argv[1:])
