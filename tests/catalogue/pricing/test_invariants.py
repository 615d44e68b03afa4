import pytest

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import invariants
from catalogue.pricing.models import Price, PriceList
from catalogue.products.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue_data]


def broken() -> dict[str, list[object]]:
    return {name: rows for name, rows in invariants.violations() if name.startswith("prices") and rows}


def test_the_loaded_catalogue_breaks_none():
    assert broken() == {}


def test_an_uneven_price_is_found():
    price = Price.objects.filter(currency="EUR").first()
    archived = StockRecord.objects.create(
        product=Product.objects.filter(is_public=False).first(),
        partner_id=StockRecord.objects.last().partner_id,
        partner_sku="ODD",
        farm_gate_price=1,
    )
    fields = {field: getattr(price, field) for field in ("price_list", "currency", "side", "vat_class", "vat_rate_pct")}
    odd = Price.objects.create(
        **fields,
        stockrecord=archived,
        price="1.23",
        farm_gate_mad=1,
        part_cooperative=1,
        part_office="0.23",
        part_tax=0,
    )

    odd.refresh_from_db()
    assert broken() == {"prices: every unit price is round in its currency": [(odd.pk, odd.price, "EUR")]}


def test_something_on_sale_without_a_price_is_found():
    product = Product.objects.filter(is_public=True).first()
    other = StockRecord.objects.exclude(product=product).exclude(partner=product.stockrecords.first().partner).first()
    unpriced = StockRecord.objects.create(
        product=product, partner=other.partner, partner_sku="NEW", price=10, price_currency="MAD", farm_gate_price=1
    )

    assert broken() == {}  # it came after the list, and waits for the next
    StockRecord.objects.filter(pk=unpriced.pk).update(date_created=PriceList.objects.get(ends_at=None).published_at)
    assert list(broken()) == [
        "prices: what was on sale when a list was published has a price in every currency and for both sides"
    ]
