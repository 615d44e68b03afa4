"""What makes goods good, how much to ask for and when. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

YES, NO = "yes", "no"
FULL = 3
"""A call-off fills a product up to so many times its reorder level."""


@dataclass(frozen=True)
class Asked:
    """A question as it is judged."""

    code: str
    answer: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    good: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


class NotAnswered(Exception):
    """Some questions have no answer, or one that is none. ``codes`` are theirs; nothing was decided."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = list(codes)
        super().__init__(f"no answer to {self.codes}")


def judge(questions: Sequence[Asked], answers: Mapping[str, str]) -> list[str]:
    """Return the codes of questions whose answer is not good. Raises ``NotAnswered``."""
    verdicts = {asked.code: _is_good(asked, answers.get(asked.code, "").strip()) for asked in questions}
    if missing := [code for code, verdict in verdicts.items() if verdict is None]:
        raise NotAnswered(missing)
    return [code for code, verdict in verdicts.items() if not verdict]


def _is_good(asked: Asked, answer: str) -> bool | None:
    if asked.answer == "number":
        return _is_within(asked, answer)
    if asked.answer == "yes":
        return {YES: True, NO: False}.get(answer)
    return answer in asked.good if answer in asked.good | asked.others else None


def _is_within(asked: Asked, answer: str) -> bool | None:
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 1_000_000:
        return None
    above = asked.minimum is None or number >= asked.minimum
    return above and (asked.maximum is None or number <= asked.maximum)


def quantity_to_call(*, on_offer: int, on_the_way: int, reorder_level: int | None) -> int:
    """Return how many to ask a cooperative for: none while the reorder level is kept, what is on its way counted."""
    there = on_offer + on_the_way
    if not reorder_level or there >= reorder_level:
        return 0
    return reorder_level * FULL - there


def in_season(month: int, first: int | None, last: int | None) -> bool:
    """Tell whether a month is in a season, which may wrap the year; without one it always is."""
    if first is None or last is None:
        return True
    return first <= month <= last if first <= last else month >= first or month <= last
