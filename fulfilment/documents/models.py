"""What documents have alike: numbers, and the PDF that is kept. Each app has rows of its own; no table is made here."""

from typing import ClassVar

from django.db import models


class YearSeries(models.Model):
    """The last number given in a year. Whoever numbers holds its row until the document is there: no gap, no double.

    Every number of the series begins with its ``letter``.
    """

    letter: ClassVar[str]

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Numbered(models.Model):
    """A document under a number of its series, as ``numbering.next_number`` gives them."""

    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=20, unique=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Kept(models.Model):
    """A PDF as it was made, once: what was sent stays what it was when templates change."""

    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        abstract = True
