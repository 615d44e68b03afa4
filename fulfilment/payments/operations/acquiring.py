"""What the acquirer's callback tells: stored once, then looked up at the acquirer itself, as with Stripe's events."""

from datetime import datetime

from django.db import transaction

from fulfilment.jobs.operations import enqueue
from fulfilment.payments.gateways.acquirer import Callback
from fulfilment.payments.models import AcquirerNotice, PaymentAttempt

from .paying import settle

APPLY_NOTICE = "fulfilment.payments.apply_notice"
APPLIED, NOT_OURS = "applied", "not ours"


@transaction.atomic
def store_notice(*, callback: Callback, now: datetime) -> bool:
    """Keep a notice and write the job that applies it; one that is here already changes nothing. Tell if it is new."""
    notice = AcquirerNotice(
        transaction=callback.transaction,
        payment_id=callback.payment_id,
        result=callback.result,
        received_at=now,
    )
    before = AcquirerNotice.objects.filter(transaction=callback.transaction).exists()
    AcquirerNotice.objects.bulk_create([notice], ignore_conflicts=True)
    enqueue(
        task=APPLY_NOTICE,
        key=f"acquirer-notice:{callback.transaction}",
        payload={"name": callback.transaction},
        now=now,
    )
    return not before


def apply_notice(*, name: str, now: datetime) -> None:
    """Ask the acquirer what became of the payment that a notice is about. A second call changes nothing.

    Raises ``ProviderUnavailable``; its job tries again.
    """
    notice = AcquirerNotice.objects.get(transaction=name)
    if notice.processed_at is not None:
        return
    ours = PaymentAttempt.objects.filter(provider="acquirer", intent_id=notice.payment_id).exists()
    if ours:
        settle(intent_id=notice.payment_id, now=now)
    outcome = APPLIED if ours else NOT_OURS
    AcquirerNotice.objects.filter(pk=notice.pk, processed_at=None).update(processed_at=now, outcome=outcome)
