"""Which code a basket carries, whether it counts, and with it all that is offered on the basket's goods."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from catalogue.kernel.locks import lock_ids
from fulfilment.orders.discounting import AtHand, Kind, Offer
from fulfilment.orders.policies import Why
from storefront.offers import queries as offers
from storefront.offers.models import ConditionalOffer
from storefront.offers.policies import Buyer, Code

from .models import BasketVoucher, Voucher, VoucherUse


def of_basket(basket_id: int | None) -> Voucher | None:
    """Return the voucher that a basket carries (one query, none for a basket that was never stored)."""
    if basket_id is None:
        return None
    found = BasketVoucher.objects.filter(basket=basket_id).select_related("voucher").first()
    return found.voucher if found else None


def by_code(code: str) -> Voucher | None:
    return Voucher.objects.filter(code=code).first() if code else None


def at_hand(
    basket_id: int | None,
    stockrecord_ids: Collection[int],
    *,
    buyer: Buyer,
    now: datetime,
    language: str,
    placing: bool = False,
) -> AtHand:
    """Return what is offered on a basket's goods, its voucher's offer among it.

    While ``placing``, the voucher's row is locked first, then those of limited offers: the order of locks everywhere.
    """
    voucher = of_basket(basket_id)
    if voucher is not None and placing:
        voucher = lock_ids(Voucher, [voucher.pk])[voucher.pk]
    code = as_code(voucher, buyer, now) if voucher else None
    found = offers.at_hand(stockrecord_ids, buyer=buyer, now=now, language=language, code=code, placing=placing)
    if code is None or any(offer.voucher_id for offer in found.offers):
        return found
    over = Offer(0, "", Kind.BASKET, shut=Why.NOT_NOW, voucher_id=code.voucher_id, voucher_code=code.code)
    return replace(found, offers=(*found.offers, over))  # so that the page can say so


def as_code(voucher: Voucher, buyer: Buyer, now: datetime) -> Code:
    offer_ids = frozenset(voucher.offers.order_by("pk").values_list("pk", flat=True))
    return Code(voucher.pk, voucher.code, offer_ids, why_shut(voucher, buyer, now))


def why_shut(voucher: Voucher, buyer: Buyer, now: datetime) -> str:
    """Say what keeps a code from counting for this buyer, or nothing. Uses are counted here alone (one query)."""
    if not voucher.start_datetime <= now < voucher.end_datetime:
        return Why.NOT_NOW
    uses = VoucherUse.objects.filter(voucher=voucher, released_at__isnull=True)
    if voucher.usage == Voucher.ONCE_PER_CUSTOMER and uses.filter(_is(buyer)).exists():
        return Why.USED_BY_YOU
    most = 1 if voucher.usage == Voucher.SINGLE_USE else voucher.max_uses
    return Why.USED_UP if most is not None and uses.count() >= most else ""


def _is(buyer: Buyer) -> Q:
    mine = Q(pk__in=())
    if buyer.user_id is not None:
        mine |= Q(user_id=buyer.user_id)
    return mine | Q(phone=buyer.phone) if buyer.phone else mine


def has_open_offer(voucher: Voucher, now: datetime) -> bool:
    """Tell whether the offer that a code opens is running."""
    running = voucher.offers.filter(Q(end_datetime__isnull=True) | Q(end_datetime__gt=now), start_datetime__lte=now)
    return bool(running.filter(status=ConditionalOffer.OPEN).exists())
