"""What pages tell machines: schema.org in JSON-LD."""

import json
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from . import drawings
from .product import Offer, ProductPage
from .stores import Store

SAFE_IN_HTML = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STATES = {"in_stock": "InStock", "last": "LimitedAvailability", "later": "OutOfStock", "sold_out": "SoldOut"}


def product(page: ProductPage) -> SafeString:
    """Return a schema.org ``Product`` with an ``Offer`` for each seller, ready to stand in a script element."""
    thing = page.product
    url = settings.BASE_URL + thing.get_absolute_url()
    picture = drawings.url(thing.family.code, sale_unit=thing.sale_unit, variant=thing.variant)
    told = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": thing.title,
        "description": strip_tags(thing.description or ""),
        "sku": thing.sku,
        "gtin13": thing.upc or None,
        "url": url,
        "image": settings.BASE_URL + picture,
        "category": page.way[-1].name if page.way else None,
        "brand": {"@type": "Brand", "name": page.best.cooperative.name} if page.best else None,
        "countryOfOrigin": "MA",
        "offers": [_offer(offer, url) for offer in page.offers],
    }
    return _script({name: value for name, value in told.items() if value})


def store(shown: Store) -> SafeString:
    """Return a schema.org ``Store`` with its address, position and week."""
    place = shown.place
    told = {
        "@context": "https://schema.org",
        "@type": "Store",
        "name": place.name,
        "url": settings.BASE_URL + shown.url,
        "telephone": place.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": place.address,
            "addressLocality": place.town,
            "postalCode": place.postal_code,
            "addressCountry": "MA",
        },
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": str(place.latitude),
            "longitude": str(place.longitude),
        },
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"https://schema.org/{DAYS[row.weekday]}",
                "opens": f"{row.opens:%H:%M}",
                "closes": f"{row.closes:%H:%M}",
            }
            for row in place.opening_hours.all()  # type: ignore[attr-defined]
        ],
    }
    return _script({name: value for name, value in told.items() if value})


def _offer(offer: Offer, url: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "url": url,
        "price": str(offer.price),
        "priceCurrency": offer.currency,
        "availability": f"https://schema.org/{STATES.get(offer.availability.code, 'OutOfStock')}",
        "itemCondition": "https://schema.org/NewCondition",
        "seller": {"@type": "Organization", "name": offer.cooperative.name},
    }


def _script(told: dict[str, Any]) -> SafeString:
    return mark_safe(json.dumps(told, ensure_ascii=False).translate(SAFE_IN_HTML))  # noqa: S308 - escaped just now
