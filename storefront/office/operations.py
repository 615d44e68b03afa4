"""What the office starts from a page and a worker finishes: the row and its job commit together."""

from datetime import datetime

from django.db import transaction

from catalogue.people.models import User
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import PriceListDraft
from fulfilment.jobs.operations import enqueue


@transaction.atomic
def prepare_prices(*, source: str, starts_at: datetime | None, prepared_by: User, now: datetime) -> PriceListDraft:
    """Begin a draft whose prices a worker makes. Raises what ``open_draft`` raises."""
    draft = pricing.open_draft(source=source, starts_at=starts_at, prepared_by=prepared_by, now=now)
    _ask("prepare_prices", draft, now)
    return draft


@transaction.atomic
def publish_prices(*, draft_id: int, now: datetime) -> PriceListDraft:
    """Let a worker publish an approved draft. Raises ``NotWaiting``."""
    draft = pricing.ask_for_publication(draft_id=draft_id)
    _ask("publish_prices", draft, now)
    return draft


@transaction.atomic
def draft_payouts(*, cycle: str, by: User, now: datetime) -> None:
    """Let a worker draft a cycle's payments. Asked twice in a minute it is drafted once, later nothing is left."""
    payload = {"cycle": cycle, "by_id": by.pk}
    enqueue(
        task="fulfilment.payouts.draft_run", key=f"draft-payouts:{cycle}:{now:%Y%m%d%H%M}", payload=payload, now=now
    )


def _ask(task: str, draft: PriceListDraft, now: datetime) -> None:
    key = f"{task}:{draft.pk}"
    enqueue(task=f"storefront.office.{task}", key=key, payload={"draft_id": draft.pk}, now=now)
