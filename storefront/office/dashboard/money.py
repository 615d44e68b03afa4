"""Oscar's ``currency`` filter without its guess: an amount that nobody said the currency of is not shown.

Registered under Oscar's name in the settings. Oscar's templates leave the currency out exactly where they add orders of
several currencies (what a customer spent, what an offer cost); the office's sales page shows those apart.
"""

from decimal import Decimal, InvalidOperation

from django import template
from django.utils.translation import get_language

from catalogue.kernel import formats

register = template.Library()


@register.filter
def currency(amount: object, code: str | None = None) -> str:
    """Write an amount with its currency; a dash without one."""
    if code is None:
        return "–"
    try:
        return formats.money(Decimal(str(amount)), code, get_language())
    except InvalidOperation:
        return ""
