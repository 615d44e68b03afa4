"""Offers and vouchers for tests, through the office's own operations."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import Partner
from catalogue.kernel.periods import day_of
from fulfilment.orders.discounting import Kind
from storefront.offers import operations, queries
from storefront.offers.models import ConditionalOffer
from storefront.vouchers import operations as vouchers
from storefront.vouchers.models import Voucher

numbers = count(1)


def make_offer(kind: Kind = Kind.PERCENT, percent: str | None = None, **fields: Any) -> ConditionalOffer:
    """Return an offer that runs since yesterday: 10 % of everything unless told otherwise.

    Amounts are given as ``benefit={"MAD": "50"}``, ``minimum=…``, ``most=…``.
    """
    number, now = next(numbers), timezone.now()
    amounts = {
        (role, currency): Decimal(amount)
        for role in ("benefit", "minimum", "most")
        for currency, amount in fields.pop(role, {}).items()
    }
    of_percent = kind in (Kind.PERCENT, Kind.DELIVERY_PERCENT)
    values = {
        "name": f"Offer {number}",
        "titles": {"ar": f"عرض {number}", "fr": f"Offre {number}", "en": f"Offer {number}"},
        "kind": kind,
        "percent": Decimal(percent or "10") if of_percent else None,
        "amounts": amounts,
        "starts_at": now - timedelta(days=1),
    }
    offer = operations.make_offer(terms=operations.Terms(**values | fields), now=now)
    queries.forget()  # a test whose transaction never commits
    return offer


def make_voucher(
    offer: ConditionalOffer | None = None, usage: str = Voucher.MULTI_USE, max_uses: int | None = None, **fields: Any
) -> Voucher:
    """Return a code that opens an offer, by default one of 10 %."""
    now = timezone.now()
    offer = offer or make_offer(for_voucher=True)
    values = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=30)} | fields
    batch = vouchers.make_vouchers(
        offer_id=offer.pk, name=f"Batch {next(numbers)}", count=1, usage=usage, max_uses=max_uses, **values
    )
    return batch.vouchers.get()


def agree(cooperative: Partner, pct: str, **fields: Any) -> Any:
    """Write down that a cooperative gives up so much of its farm-gate amount in offers."""
    values = {"from_day": day_of(timezone.now()), "until_day": None, "agreed_by": "Fatima"} | fields
    return operations.note_agreement(
        cooperative_id=cooperative.pk, gives_up_pct=Decimal(pct), now=timezone.now(), **values
    )
