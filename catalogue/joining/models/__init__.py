"""How a cooperative comes into the shop, and on which terms: applications, agreements, payout terms.

What the triggers hold stands in ``migrations/0002_written_once`` and ``0004_ways_out``.
"""

from .agreements import FeeAgreement, PayoutTerms
from .applications import Application, Document, Step
from .phones import PhoneChange

__all__ = ["Application", "Document", "FeeAgreement", "PayoutTerms", "PhoneChange", "Step"]
