"""Words for the codes that the catalogue keeps: labels, allergens, storage, dates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from catalogue.kernel import formats

ALLERGENS = {
    "gluten": gettext_lazy("gluten"),
    "nuts": gettext_lazy("nuts"),
    "peanuts": gettext_lazy("peanuts"),
    "milk": gettext_lazy("milk"),
    "eggs": gettext_lazy("eggs"),
    "sesame": gettext_lazy("sesame"),
    "fish": gettext_lazy("fish"),
    "molluscs": gettext_lazy("molluscs"),
}
LABELS = {"BIO": gettext_lazy("Organic farming"), "FAIR": gettext_lazy("Fair trade")}
KINDS = {
    "IGP": gettext_lazy("Protected geographical indication (IGP)"),
    "AOP": gettext_lazy("Protected designation of origin (AOP)"),
}
DAYS_IN_MONTH = 30


def label(code: str, protected: Mapping[str, str]) -> str:
    """Name a label: organic farming, fair trade, or a protected name with its kind."""
    if code in LABELS:
        return str(LABELS[code])
    kind = code.partition(":")[0]
    name = protected.get(code, code.partition(":")[2])
    return _("%(kind)s: %(name)s") % {"kind": KINDS[kind], "name": name} if kind in KINDS else name


def net(product: Any) -> str:
    """Write what is inside: 500 g, 0,75 l, one piece."""
    language = get_language()
    if product.net_unit == "g":
        whole = product.net_value == product.net_value.to_integral_value()
        return formats.weight(int(product.net_value), language) if whole else _measure(product.net_value, _("g"))
    if product.net_unit == "ml":
        if product.net_value >= 1000:
            return _measure(product.net_value / 1000, _("l"))
        return _measure(product.net_value, _("ml"))
    count = int(product.net_value)
    return ngettext("%(count)s piece", "%(count)s pieces", count) % {"count": formats.number(count, language)}


def _measure(value: Decimal, unit: str) -> str:
    return f"{formats.number(value.normalize(), get_language())}{formats.NO_BREAK}{unit}"


def storage(product: Any) -> str:
    """Say how to keep it; nothing where the catalogue says nothing."""
    if product.storage_min_c is None or product.storage_max_c is None:
        return ""
    degrees = {"low": product.storage_min_c, "high": product.storage_max_c}
    if product.cold_chain:
        return _("Keep cold, between %(low)s and %(high)s °C") % degrees
    return _("Between %(low)s and %(high)s °C, away from light and damp") % degrees


def shelf_life(product: Any) -> str:
    """Say which date is printed on it and how long it keeps from packing."""
    if not product.shelf_life_days or not product.date_type:
        return ""
    if product.shelf_life_days < 2 * DAYS_IN_MONTH:
        count = product.shelf_life_days
        time = ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
    else:
        count = product.shelf_life_days // DAYS_IN_MONTH
        time = ngettext("%(count)s month", "%(count)s months", count) % {"count": count}
    if product.date_type == "DLC":
        return _("Use-by date on the pack, %(time)s from packing") % {"time": time}
    return _("Best-before date on the pack, %(time)s from packing") % {"time": time}
