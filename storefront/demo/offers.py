"""The demonstration's offers, all fictional: one of each shape, and a code to try."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from catalogue.kernel import locks
from catalogue.products.models import Category
from fulfilment.orders.discounting import Kind
from storefront.offers.models import ConditionalOffer
from storefront.offers.operations import Terms, make_offer
from storefront.vouchers.models import Voucher
from storefront.vouchers.operations import make_vouchers

SHELF = "oils/olive"
VOUCHER = "Demo: welcome voucher"
LASTS = timedelta(days=365)


@dataclass(frozen=True)
class Shown:
    """An offer as /demo/ lists it; ``code`` opens it, where it needs one."""

    title: str
    code: str = ""


def _amounts(role: str, mad: int, eur: int | None = None, usd: int | None = None) -> dict[tuple[str, str], Decimal]:
    given = {"MAD": mad, "EUR": eur, "USD": usd}
    return {(role, currency): Decimal(amount) for currency, amount in given.items() if amount is not None}


def _terms() -> list[Terms]:
    shelf = Category.objects.filter(code=SHELF).first()
    return [
        Terms(
            name="Demo: olive oil",
            titles={
                "ar": "تخفيض 10% على زيت الزيتون",
                "fr": "10 % sur l'huile d'olive",
                "en": "10% off olive oil",
            },
            kind=Kind.PERCENT,
            percent=Decimal(10),
            category_ids=(shelf.pk,) if shelf else (),
        ),
        Terms(
            name="Demo: free delivery",
            titles={
                "ar": "توصيل مجاني ابتداء من 300 درهم",
                "fr": "Livraison offerte dès 300 DH",
                "en": "Free delivery from MAD 300",
            },
            kind=Kind.DELIVERY_PERCENT,
            percent=Decimal(100),
            amounts=_amounts("minimum", 300) | _amounts("most", 60),  # in dirhams alone: elsewhere the page says so
        ),
        Terms(
            name=VOUCHER,
            titles={"ar": "قسيمة ترحيب", "fr": "Bon de bienvenue", "en": "Welcome voucher"},
            kind=Kind.BASKET,
            amounts=_amounts("benefit", 50, 5, 5) | _amounts("minimum", 200, 20, 20),
            for_voucher=True,
            budget_mad=Decimal(50_000),
        ),
    ]


@transaction.atomic
def make(*, now: datetime) -> int:
    """Write the offers that are not there yet, and a code for the last; return how many were made."""
    locks.advisory_lock("demo.offers")
    there = set(ConditionalOffer.objects.values_list("name", flat=True))
    made = [make_offer(terms=terms, now=now) for terms in _terms() if terms.name not in there]
    for offer in made:
        if offer.name == VOUCHER:
            make_vouchers(
                offer_id=offer.pk,
                name=VOUCHER,
                count=1,
                usage=Voucher.MULTI_USE,
                max_uses=None,
                starts_at=now,
                ends_at=now + LASTS,
            )
    return len(made)


def listed() -> list[Shown]:
    """Return the offers that run, each with one code that opens it."""
    offers = ConditionalOffer.objects.filter(status=ConditionalOffer.OPEN, name__startswith="Demo: ").order_by("pk")
    return [Shown(offer.title, _code(offer)) for offer in offers.prefetch_related("vouchers")]


def _code(offer: ConditionalOffer) -> str:
    return next((voucher.code for voucher in offer.vouchers.all()), "")
