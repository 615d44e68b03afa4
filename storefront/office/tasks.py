"""What the office asks for and a worker does, because it may take longer than a page may."""

from django.utils import timezone

from catalogue.kernel import periods
from catalogue.kernel.workdays import is_workday
from catalogue.lots import operations as lots
from catalogue.places.queries import closed_days
from catalogue.pricing import operations as pricing
from catalogue.pricing import sources
from catalogue.receiving import operations as receiving
from catalogue.receiving.queries import our_places
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


@job("storefront.office.fetch_rates")
def fetch_rates() -> None:
    """Ask the bank for today's rates; nothing without a subscription, nor on days when banks are closed."""
    now = timezone.now()
    today = periods.day_of(now)
    bank = sources.bank()
    if bank and is_workday(today, closed_days()):
        pricing.fetch_rates(source=bank, day=today, now=now)


@job("storefront.office.retire_lots", queue="bulk")
def retire_lots() -> None:
    """Block what is too near its date to be sold."""
    lots.retire(now=timezone.now())


@job("storefront.office.propose_call_offs", queue="bulk")
def propose_call_offs() -> None:
    """Propose to ask cooperatives for what runs low, for the first hub; nothing while there is none."""
    if hub := our_places().filter(kind="hub").order_by("code").first():
        receiving.propose_call_offs(place=hub, now=timezone.now())
