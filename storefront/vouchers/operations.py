"""Making codes, putting one into a basket, and counting the orders in which it counted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from storefront.offers.models import ConditionalOffer
from storefront.offers.policies import Buyer

from . import limits, policies, queries
from .models import BasketVoucher, Voucher, VoucherSet, VoucherUse

MOST_CODES = 5_000


class NoSuchCode(Exception):
    """Unknown, over, not begun or used up: whoever guesses is told the same of all of them."""

    def __init__(self) -> None:
        super().__init__(_("This code does not count. Please look at it again; letters and digits, nine in all."))


class NotForVouchers(Exception):
    """The offer is for everybody, or it is over: no code opens it."""


@transaction.atomic
def make_vouchers(
    *,
    offer_id: int,
    name: str,
    count: int,
    usage: str,
    max_uses: int | None,
    starts_at: datetime,
    ends_at: datetime,
) -> VoucherSet:
    """Draw codes that open an offer. Raises ``NotForVouchers``; a code drawn twice is drawn again."""
    offer = ConditionalOffer.objects.get(pk=offer_id)
    if offer.offer_type != ConditionalOffer.VOUCHER or not offer.is_open:
        raise NotForVouchers
    batch = VoucherSet.objects.create(
        name=name,
        count=count,
        code_length=policies.LENGTH,
        description=offer.name,
        start_datetime=starts_at,
        end_datetime=ends_at,
    )
    vouchers = Voucher.objects.bulk_create(
        Voucher(
            name=code,
            code=code,
            usage=usage,
            max_uses=max_uses if usage == Voucher.MULTI_USE else None,
            start_datetime=starts_at,
            end_datetime=ends_at,
            voucher_set=batch,
        )
        for code in _new_codes(count)
    )
    links = Voucher.offers.through
    links.objects.bulk_create(links(voucher_id=voucher.pk, conditionaloffer_id=offer.pk) for voucher in vouchers)
    return batch


def _new_codes(count: int) -> list[str]:
    codes: set[str] = set()
    while len(codes) < count:
        codes |= {policies.new_code() for _ in range(count - len(codes))}
        codes -= set(Voucher.objects.filter(code__in=codes).values_list("code", flat=True))
    return sorted(codes)


def enter(*, written: str, basket_id: int, buyer: Buyer, visitor: str, address: str, now: datetime) -> Voucher:
    """Put a code into a basket in place of any other. Raises ``NoSuchCode``, or ``TooManyMisses`` after many.

    Every code is looked up in the same way, and whatever keeps it from counting for everyone is told in the same
    words. What keeps it from counting here and now (the currency, the sum) the basket's page tells.
    """
    limits.check(visitor, address)
    voucher = queries.by_code(policies.fold_code(written))
    shut = queries.why_shut(voucher, Buyer(), now) if voucher else "unknown"
    if voucher is None or shut or not queries.has_open_offer(voucher, now):
        limits.miss(visitor, address)
        raise NoSuchCode
    BasketVoucher.objects.update_or_create(basket_id=basket_id, defaults={"voucher": voucher, "added_at": now})
    return voucher


def take_out(*, basket_id: int) -> None:
    BasketVoucher.objects.filter(basket=basket_id).delete()


def carry_over(*, into: int, other: int) -> None:
    """Take a basket's code into the one it is merged into, unless that has one. Both rows are locked by the caller."""
    if not BasketVoucher.objects.filter(basket=into).exists():
        BasketVoucher.objects.filter(basket=other).update(basket=into)


def record_use(*, voucher: Voucher, order_id: int, buyer: Buyer, now: datetime) -> None:
    """Count an order in which a code counted, inside the placing transaction that holds the code's lock."""
    VoucherUse.objects.create(
        voucher=voucher,
        order_id=order_id,
        user_id=buyer.user_id,
        phone=buyer.phone,
        single=voucher.usage == Voucher.SINGLE_USE,
        once_each=voucher.usage == Voucher.ONCE_PER_CUSTOMER,
        used_at=now,
    )


def release_use(*, order_id: int, now: datetime) -> None:
    """Give a code back that an order used which came to nothing. A second call changes nothing."""
    VoucherUse.objects.filter(order=order_id, released_at__isnull=True).update(released_at=now)


def take_use_again(*, order_id: int) -> None:
    """Count again what an order had given back, since it was taken up again."""
    VoucherUse.objects.filter(order=order_id).update(released_at=None)
