"""Ranges that PostgreSQL compares, for rows that never overlap."""

from django.db.models import Func


class DayRange(Func):
    """The days of a dated row, its end excluded; without an end it goes on."""

    function = "DATERANGE"


class ClockRange(Func):
    """The time between two hours of a clock, the later excluded; without hours all of the day."""

    template = "TSRANGE(DATE '2000-01-01' + %(expressions)s)"
    arg_joiner = ", DATE '2000-01-01' + "
