"""Names of the parts of a price, and what each pays for."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "cooperative": _("To the cooperative"),
    "collection": _("Collection"),
    "packing": _("Packing"),
    "transport": _("Transport"),
    "payment": _("Payment"),
    "office": _("To the office, for its work"),
    "tax": _("Tax"),
    "delivery": _("Delivery"),
    "stamp": _("Stamp duty on cash"),
}
GIVEN = _("Given by the office out of its own")
"""The office's part where a discount took more than it had."""

MEANINGS = {
    "cooperative": _("What the cooperative is paid, whatever the goods then cost on the way to you."),
    "collection": _("Fetching the goods from the cooperative."),
    "packing": _("Jars, boxes and labels, and the hands that pack them."),
    "transport": _("The way from the collection centre to where parcels leave."),
    "payment": _("What the bank or the courier keeps for taking your money."),
    "office": _("Checking, selling, answering you; the cents of rounding up end here too."),
    "tax": _("Moroccan VAT within the price. The office pays it to the State."),
    "delivery": _("The courier or the post, to your door."),
    "stamp": _("A duty of the State on what is paid in cash. The office pays it on."),
}
