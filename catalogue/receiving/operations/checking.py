"""Looking at a lot, and deciding of it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from catalogue.kernel.periods import day_of
from catalogue.lots.models import Lot, QualityDecision
from catalogue.lots.operations import decide
from catalogue.lots.operations.changing import lock_lot
from catalogue.lots.policies import lasts, least_days
from catalogue.people.models import User
from catalogue.receiving.policies import judge
from catalogue.receiving.queries import asked_of, questions_of

State, Reason = Lot.State, QualityDecision.Reason
STEPS = {(State.RELEASED, State.BLOCKED), (State.BLOCKED, State.RELEASED), (State.AWAITING, State.BLOCKED)}
"""What a person may decide without a checklist. Nobody takes a recall back here."""


class NotAwaiting(Exception):
    """The lot was decided on already; ``lot`` says how."""

    def __init__(self, lot: Lot) -> None:
        self.lot = lot
        super().__init__(f"lot {lot.number} is {lot.state}")


class NotSo(Exception):
    """A lot in its state cannot be decided so: recalled, or decided by someone else meanwhile."""


@transaction.atomic
def check_lot(*, lot: Lot, answers: Mapping[str, str], by: User, now: datetime, note: str = "") -> QualityDecision:
    """Release a lot whose every answer is good and that still lasts; block it otherwise. Locks stock record and lot.

    Raises ``NotAnswered`` (of the policies) and ``NotAwaiting``.
    """
    fresh = lock_lot(lot)
    if fresh.state != State.AWAITING:
        raise NotAwaiting(fresh)
    asked = asked_of(questions_of(fresh))
    wrong = judge(asked, answers)
    reason, state = Reason.FAULT if wrong else Reason.CHECKED, State.BLOCKED if wrong else State.RELEASED
    if not wrong and not _still_sells(fresh, now):
        reason, state = Reason.TOO_OLD, State.BLOCKED
    kept = {question.code: answers[question.code].strip() for question in asked}
    decision = decide(lot=fresh, state=state, reason=reason, note=note, answers=kept, by=by, now=now)
    if decision is None:
        raise NotAwaiting(fresh)
    return decision


@transaction.atomic
def decide_lot(*, lot: Lot, state: str, reason: str, note: str, by: User, now: datetime) -> QualityDecision:
    """Block a lot, or release a blocked one again, with the reason in words. Raises ``NotSo``."""
    fresh = lock_lot(lot)
    if (fresh.state, state) not in STEPS or (state == State.RELEASED and not _still_sells(fresh, now)):
        raise NotSo(fresh.number)
    decision = decide(lot=fresh, state=state, reason=reason, note=note, by=by, now=now)
    if decision is None:
        raise NotSo(fresh.number)
    return decision


def _still_sells(lot: Lot, now: datetime) -> bool:
    days = least_days(abroad=False, shelf_life_days=lot.stockrecord.product.shelf_life_days)
    return lasts(lot.best_before, day_of(now), days)
