"""Which code a basket carries, whether it counts, and with it all that is offered on the basket's goods."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from fulfilment.orders.discounting import AtHand, Kind, Offer
from fulfilment.orders.policies import Why
from storefront.offers import queries as offers
from storefront.offers.models import ConditionalOffer
from storefront.offers.policies import Buyer, Code, Thing

from .models import Voucher, VoucherUse


def of_basket(basket_id: int | None, *, locked: bool = False) -> Voucher | None:
    """Return the voucher that a basket carries, with the ids of its offers; one query, none for a basket never stored.

    ``locked``: its row stays locked until the transaction ends, and so do its uses as they are counted.
    """
    if basket_id is None:
        return None
    links = Voucher.offers.through.objects.filter(voucher=OuterRef("pk")).order_by("conditionaloffer_id")
    found = Voucher.objects.filter(baskets__basket=basket_id).annotate(
        opens=ArraySubquery(links.values("conditionaloffer_id"))
    )
    if locked:
        found = found.select_for_update(no_key=True, of=("self",))
    return found.first()


def by_code(code: str) -> Voucher | None:
    return Voucher.objects.filter(code=code).first() if code else None


def at_hand(
    voucher: Voucher | None,
    things: Sequence[Thing],
    *,
    buyer: Buyer,
    now: datetime,
    language: str,
    placing: bool = False,
) -> AtHand:
    """Return what is offered on a basket's goods, the offer of its voucher (see ``of_basket``) among it.

    While ``placing``, the voucher is locked already; the offers follow: the order of locks everywhere.
    """
    code = None
    if voucher is not None:
        code = Code(voucher.pk, voucher.code, frozenset(voucher.opens), why_shut(voucher, buyer, now))
    found = offers.at_hand(things, buyer=buyer, now=now, language=language, code=code, placing=placing)
    if code is None or any(offer.voucher_id for offer in found.offers):
        return found
    over = Offer(0, "", Kind.BASKET, shut=Why.NOT_NOW, voucher_id=code.voucher_id, voucher_code=code.code)
    return replace(found, offers=(*found.offers, over))  # so that the page can say so


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
