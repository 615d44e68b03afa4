"""Two lines of a bank's statement and an order that waits for its transfer: what the desk of finance looks like."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from catalogue.cooperatives.models import StockRecord
from catalogue.cooperatives.queries import current_prices
from catalogue.cooperatives.strategy import PublishedPriceStrategy
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY, Shopping
from catalogue.lots.operations import SoldOut
from catalogue.places.models import Province
from fulfilment.orders import operations as orders
from fulfilment.orders.invoicing import InvoiceTo
from fulfilment.orders.policies import TRANSFER, Item
from fulfilment.orders.queries import quote
from fulfilment.payments.models import BankCredit
from fulfilment.payments.operations import record_credit
from fulfilment.shipping import queries as shipping
from storefront.basket.models import Basket
from storefront.checkout import operations as checkout

COMPANY = InvoiceTo("Cantine Atlas (exemple)", "999000001000075", "12, rue d'Alger, Rabat")
ENOUGH, PRICES, TRIES = Decimal(900), (Decimal(100), Decimal(300)), 20
NOT_TO_BE_HAD = (
    SoldOut,
    orders.DeliveryGone,
    orders.NotForSale,
    orders.NotSentThere,
    orders.PaymentNotOffered,
    orders.TermsChanged,
)
ADDRESS = {"last_name": "Salma Exemple", "phone_number": "+212612000000", "line1": "12, rue d'Alger", "line4": "Rabat"}


@transaction.atomic
def show(*, now: datetime) -> None:
    """Place the order, and record money that names nobody and money that is not what was asked. Once."""
    if settings.TRANSFER_ACCOUNTS and not BankCredit.objects.exists():
        placed = _order(now)
        _receive("DEMO-0001", Decimal("850.00"), "loyer novembre", now)
        if placed:
            _receive("DEMO-0002", Decimal("100.00"), f"acompte {placed.number}", now)


def _order(now: datetime) -> orders.Placed | None:
    """Buy enough of one thing for a company; nothing where nothing can be bought."""
    province = Province.objects.order_by("pk").first()
    prices = current_prices(Shopping(), now).filter(price__range=PRICES, stockrecord__product__is_public=True)
    for row in prices.select_related("stockrecord__partner", "stockrecord__product").order_by("pk")[:TRIES]:
        try:
            with transaction.atomic():
                return _buy(row.stockrecord, row.price, province, now)
        except NOT_TO_BE_HAD:
            continue
    return None


def _buy(record: StockRecord, price: Decimal, province: Province | None, now: datetime) -> orders.Placed:
    shopping, basket = Shopping(), Basket()
    basket.strategy = PublishedPriceStrategy(shopping=shopping)
    quantity = int(ENOUGH / price) + 1
    basket.add_product(record.product, quantity, stockrecord=record)
    items = [Item(record.pk, quantity)]
    quoted = quote(items, shopping=shopping, zone_code=shipping.zone_of(HOME_COUNTRY, province), now=now)
    if province is None or not quoted.deliveries:
        raise orders.DeliveryGone
    wanted = checkout.Wanted(
        shopping=shopping,
        language="fr",
        address=ADDRESS | {"country_id": HOME_COUNTRY, "province": province, "locality": ADDRESS["line1"]},
        email="cantine@example.org",
        delivery=quoted.deliveries[0].code,
        payment_method=TRANSFER,
        shown=tuple(map(quoted.fingerprint, quoted.deliveries)),
        invoice_to=COMPANY,
    )
    return checkout.place(basket_id=basket.pk, wanted=wanted, now=now)


def _receive(reference: str, amount: Decimal, message: str, now: datetime) -> None:
    record_credit(
        reference=reference,
        amount=amount,
        currency="MAD",
        value_on=day_of(now),
        payer_name="Ste Exemple",
        message=message,
        now=now,
    )
