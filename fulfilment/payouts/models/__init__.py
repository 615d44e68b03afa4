"""What each cooperative is owed and how it is paid. Amounts in MAD, excluding tax.

What is owed is not kept here: it is read off the ledger (``owing``). These rows say what the ledger cannot: from which
day something earned may be paid, what is frozen, which legs a payout covers, who approved it and what the bank said.
What the triggers hold stands in ``migrations/0006_read_off_the_ledger``, ``0009_held_by_the_database``,
``0012_advances_stay`` and ``0014_endings``.
"""

from .advances import Advance, AdvanceRepayment
from .bank import BankFile, BankFileLine
from .endings import Ending, EndingPayout
from .owed import Freeze, OrderCash, Payable
from .papers import StatementPaper
from .runs import Payout, PayoutEvent, PayoutFile, PayoutLine, PayoutMinimum, PayoutRun

__all__ = [
    "Advance",
    "AdvanceRepayment",
    "BankFile",
    "BankFileLine",
    "Ending",
    "EndingPayout",
    "Freeze",
    "OrderCash",
    "Payable",
    "Payout",
    "PayoutEvent",
    "PayoutFile",
    "PayoutLine",
    "PayoutMinimum",
    "PayoutRun",
    "StatementPaper",
]
