"""What every template loads with ``{% load shop %}``: amounts, days, drawings, icons.

Text that mixes scripts is isolated with ``<bdi>``: "12,40 أورو" stays whole in a French line and "06 12 34 56 78" in an
Arabic one.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalogue.kernel import formats
from storefront.shop import drawings, icons
from storefront.vouchers import policies as vouchers

register = template.Library()


def _isolated(text: str, direction: str = "") -> SafeString:
    if direction:
        return format_html('<bdi dir="{}">{}</bdi>', direction, text)
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Write an amount: ``{{ line.total|money:order.currency }}``. Nothing for no amount."""
    return "" if amount is None else _isolated(formats.money(amount, currency, get_language()))


@register.filter
def number(value: Decimal | int | None) -> str:
    """Write a number with the separators of the page's language."""
    return "" if value is None or value == "" else _isolated(formats.number(value, get_language()))


@register.filter
def percent(value: Decimal | int | None) -> str:
    """Write a share given in hundredths."""
    return "" if value is None else _isolated(formats.percent(value, get_language()))


@register.filter
def weight(grams: int | None) -> str:
    """Write grams as grams or kilograms."""
    return "" if grams is None else _isolated(formats.weight(grams, get_language()))


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day in words."""
    if not value:
        return ""
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', _machine(value), formats.day(value, get_language()))


@register.filter
def month(value: date | datetime | None) -> str:
    """Write a month in words."""
    if not value:
        return ""
    text = formats.month(value, get_language())
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', _machine(value)[:7], text)


@register.filter
def moment(instant: datetime | None) -> str:
    """Write a day and the time on Casablanca's clock."""
    if not instant:
        return ""
    text = formats.moment(instant, get_language())
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', instant.isoformat(timespec="minutes"), text)


def _machine(value: date | datetime) -> str:
    return formats.local(value).date().isoformat() if isinstance(value, datetime) else value.isoformat()


@register.filter
def phone(e164: str | None) -> str:
    """Write a phone number from left to right, whatever surrounds it."""
    return _isolated(formats.phone(str(e164)), "ltr") if e164 else ""


@register.filter
def spell(code: str) -> str:
    """Write a voucher's code in groups, as it is printed."""
    return vouchers.spell(code)


@register.filter
def page_numbers(page: Page) -> Iterator[int | None]:
    """Return the page numbers to offer: the first, the last, two around this one; ``None`` where some are left out."""
    previous = 0
    for number_ in page.paginator.page_range:
        if number_ in (1, page.paginator.num_pages) or abs(number_ - page.number) <= 1:
            if number_ - previous > 1:
                yield None
            yield number_
            previous = number_


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one of our icons as inline SVG."""
    return mark_safe(icons.svg(name))  # noqa: S308 - constants of ours


@register.simple_tag
def drawing(
    family: str, variant: str = "", sale_unit: str = "", alt: str = "", size: int = 320, eager: bool = False
) -> SafeString:
    """Return the picture of a product: its family's drawing in its packaging."""
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}"{} decoding="async">',
        drawings.url(family, sale_unit=sale_unit, variant=variant),
        alt,
        size,
        size,
        mark_safe(' fetchpriority="high"' if eager else ' loading="lazy"'),  # noqa: S308
    )
