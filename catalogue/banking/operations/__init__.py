"""The way of a bank account: proposed, agreed to by another person, used after its waiting time; or ended.

Every way in is ``propose``: pages, files and staff write nothing beside it. Locks the cooperative, then the account.
"""

from .deciding import NoFormer, NotApproved, OtherNumber, TooManyTries, approve, block_account, keep_former, refuse
from .mandating import (
    MandateRefused,
    approve_mandate,
    end_mandate,
    propose_mandate,
    refuse_mandate,
    withdraw_mandate,
)
from .proposing import (
    AlreadyProposed,
    NotAnOpening,
    SameAccount,
    UsedElsewhere,
    open_account,
    propose,
    withdraw,
)
from .steps import AccountRefused, NoReason, NoRight, NotProposed, OwnCooperative, OwnProposal

__all__ = [
    "AccountRefused",
    "AlreadyProposed",
    "MandateRefused",
    "NoFormer",
    "NoReason",
    "NoRight",
    "NotAnOpening",
    "NotApproved",
    "NotProposed",
    "OtherNumber",
    "OwnCooperative",
    "OwnProposal",
    "SameAccount",
    "TooManyTries",
    "UsedElsewhere",
    "approve",
    "approve_mandate",
    "block_account",
    "end_mandate",
    "keep_former",
    "open_account",
    "propose",
    "propose_mandate",
    "refuse",
    "refuse_mandate",
    "withdraw",
    "withdraw_mandate",
]
