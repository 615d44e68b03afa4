"""Where a cooperative's money goes: accounts, never edited, and who of its union receives for it."""

from .accounts import AccountEvent, Bank, BankAccount, FormerContact
from .mandates import Mandate

__all__ = ["AccountEvent", "Bank", "BankAccount", "FormerContact", "Mandate"]
