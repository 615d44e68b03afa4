"""Does one step of a payout run in a process of its own, which dies in a named place the first time it gets there.

``python -m tests.fakes.one_payout_step PLACE FOLDER STEP RUN``: see ``tests.fakes.accidents`` for places.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import django


def main(place: str, folder: str, step: str, key: str) -> None:
    django.setup()
    from fulfilment.payouts.models import PayoutRun
    from tests.factories import payouts
    from tests.fakes.accidents import arm

    arm(place, Path(folder))
    run = PayoutRun.objects.filter(pk=key or None).first()
    steps: dict[str, Callable[[], object]] = {
        "draft": lambda: payouts.draft(),
        "submit": lambda: payouts.submit(run),
        "approve": lambda: payouts.operations.approve(
            run_id=run.pk, seen=run.content_sha256, by=payouts.approver(), now=run.run_at
        ),
        "cancel": lambda: payouts.operations.cancel(run_id=run.pk, by=payouts.submitter(), now=run.run_at),
        "export": lambda: payouts.operations.export(run_id=run.pk, by=payouts.submitter(), now=run.run_at),
        "settle": lambda: payouts.settle(run),
    }
    steps[step]()


if __name__ == "__main__":
    main(*sys.argv[1:])
