"""The way of an application: sent, its phone proved, looked at, approved, terms agreed to, opened with a code.

It ends by a refusal or a withdrawal, whatever was decided before, until its pages are open.

Each step locks the application first, then the cooperative.
"""

from .activating import NoOwner, activate
from .agreeing import BeforeToday, OwnApproval, TermsChanged, accept_terms, fees_on, offer_terms
from .applying import NotADocument, Paper, Said, TooManyDocuments, apply, read_paper, send_papers
from .founding import KnownCooperative
from .phoning import AlreadyAsked, NothingAsked, OwnChange, SamePhone, agree_to_phone, keep_phone, propose_phone
from .proving import CodeEnded, PhoneInDoubt, TooSoon, WrongCode, give_code, give_other_phone, prove_phone
from .reviewing import NotProved, PapersMissing, approve, ask_more, refuse, take, withdraw
from .steps import JoiningRefused, KnownAlready, NoReason, NoRight, OwnApplication, WrongState
from .terms import OwnTerms, SameTerms, set_payout_terms

__all__ = [
    "AlreadyAsked",
    "BeforeToday",
    "CodeEnded",
    "JoiningRefused",
    "KnownAlready",
    "KnownCooperative",
    "NoOwner",
    "NoReason",
    "NoRight",
    "NotADocument",
    "NotProved",
    "NothingAsked",
    "OwnApplication",
    "OwnApproval",
    "OwnChange",
    "OwnTerms",
    "Paper",
    "PapersMissing",
    "PhoneInDoubt",
    "Said",
    "SamePhone",
    "SameTerms",
    "TermsChanged",
    "TooManyDocuments",
    "TooSoon",
    "WrongCode",
    "WrongState",
    "accept_terms",
    "activate",
    "agree_to_phone",
    "apply",
    "approve",
    "ask_more",
    "fees_on",
    "give_code",
    "give_other_phone",
    "keep_phone",
    "offer_terms",
    "propose_phone",
    "prove_phone",
    "read_paper",
    "refuse",
    "send_papers",
    "set_payout_terms",
    "take",
    "withdraw",
]
