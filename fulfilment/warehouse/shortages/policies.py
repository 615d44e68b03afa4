"""What a buyer may choose of pieces that are nowhere else. No database."""

from enum import StrEnum


class Choice(StrEnum):
    """``REST``: all but what is missing. ``NOT_THE_LINE``: no piece of that product. ``CALL_OFF``: nothing at all."""

    REST = "rest"
    NOT_THE_LINE = "not_the_line"
    CALL_OFF = "call_off"


RULE = Choice.REST
"""What is done when nobody answered in time."""


def choices(*, kept: int, paid: bool, alone: bool) -> tuple[Choice, ...]:
    """Name what there is to choose of a line of which ``kept`` pieces are there.

    A line of which nothing is there, or that is paid at the door, is left out whole in any case; ``alone`` in its
    order, leaving it out is calling the order off.
    """
    whole = not paid or not kept
    if whole:
        return (Choice.CALL_OFF,) if alone else (Choice.REST, Choice.CALL_OFF)
    return (Choice.REST, Choice.CALL_OFF) if alone else (Choice.REST, Choice.NOT_THE_LINE, Choice.CALL_OFF)
