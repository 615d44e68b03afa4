"""Ranges that PostgreSQL compares, for rows that never overlap."""

from django.db.models import Func


class DayRange(Func):
    """The days of a dated row, its end excluded; without an end it goes on."""

    function = "DATERANGE"
