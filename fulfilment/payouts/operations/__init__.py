"""Everything that changes what cooperatives earned and are paid: earnings, and a run's way to the bank and back."""

from .advancing import AdvanceRefused, OverLimit, approve_advance, ask_advance, refuse_advance, withdraw_advance
from .deciding import ContentChanged, HeldMeanwhile, NotNow, OwnRun, approve, cancel, send_back, submit
from .drafting import (
    PaidMeanwhile,
    PeriodNotOver,
    Preview,
    RunInProgress,
    draft,
    draft_all,
    is_big,
    preview,
)
from .earning import NotDelivered, bear_loss, date_earnings, freeze, lift, record_earnings, take_in_cash
from .ending import EndingRefused, agree, ask_by_line, ask_not_carried_out, refuse_ending, withdraw_ending
from .exporting import NoAccount, debtor, export
from .minimum import EarlierDay, set_minimum
from .papers import NotSent, make_statement_paper
from .settling import BankSays, NotUnderWay, return_by_hand, settle_by_hand
from .taking_in import AlreadyClosed, KnownFile, close_line, take_in

__all__ = [
    "AdvanceRefused",
    "AlreadyClosed",
    "BankSays",
    "ContentChanged",
    "EarlierDay",
    "EndingRefused",
    "HeldMeanwhile",
    "KnownFile",
    "NoAccount",
    "NotDelivered",
    "NotNow",
    "NotSent",
    "NotUnderWay",
    "OverLimit",
    "OwnRun",
    "PaidMeanwhile",
    "PeriodNotOver",
    "Preview",
    "RunInProgress",
    "agree",
    "approve",
    "approve_advance",
    "ask_advance",
    "ask_by_line",
    "ask_not_carried_out",
    "bear_loss",
    "cancel",
    "close_line",
    "date_earnings",
    "debtor",
    "draft",
    "draft_all",
    "export",
    "freeze",
    "is_big",
    "lift",
    "make_statement_paper",
    "preview",
    "record_earnings",
    "refuse_advance",
    "refuse_ending",
    "return_by_hand",
    "send_back",
    "set_minimum",
    "settle_by_hand",
    "submit",
    "take_in",
    "take_in_cash",
    "withdraw_advance",
    "withdraw_ending",
]
