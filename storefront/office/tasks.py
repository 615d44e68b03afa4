"""What the office asks for and a worker does, because it may take longer than a page may."""

from django.utils import timezone

from catalogue.pricing import operations as pricing
from fulfilment.jobs.tasks import job


@job("storefront.office.prepare_prices", queue="bulk", in_transaction=True)
def prepare_prices(*, draft_id: int) -> None:
    """Make the prices of a draft."""
    pricing.fill_draft(draft_id=draft_id)


@job("storefront.office.publish_prices", queue="bulk", in_transaction=True)
def publish_prices(*, draft_id: int) -> None:
    """Publish a draft, or keep on it why it could not be."""
    try:
        pricing.publish(draft_id=draft_id, now=timezone.now())
    except (pricing.DraftRefused, pricing.TooEarly) as reason:
        pricing.note_refusal(draft_id=draft_id, reason=reason)
