"""What offers and a voucher take off a purchase: plain figures in, plain rows out, no database.

``offers`` holds what an offer is, ``taking`` works out what each takes, ``bearing`` who gives it up.
The order in which they are taken is written in docs/decisions/discounts-are-taken-in-one-order.md.
"""

from .offers import NOTHING, Amounts, AtHand, Good, Kind, Offer
from .taking import Given, discount, off_delivery

__all__ = ["NOTHING", "Amounts", "AtHand", "Given", "Good", "Kind", "Offer", "discount", "off_delivery"]
