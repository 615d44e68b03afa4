"""Whether the bank's statements follow one another, and what the ledger says of the same day."""

from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum

from catalogue.kernel.money import MAD, from_minor
from fulfilment.ledger.models import Line
from fulfilment.ledger.policies.accounts import BANK

from .models import BankFile


def after_a_gap() -> QuerySet[BankFile]:
    """Return the statements that begin with what no statement of their account ended with, the oldest first.

    One before each of them is missing: taken in later, it closes the gap by itself. The first of an account follows
    nothing, and those of before said neither their account nor their days.
    """
    of_account = BankFile.objects.filter(account=OuterRef("account"))
    first = Subquery(of_account.order_by("first_day", "pk").values("pk")[:1])
    before = of_account.exclude(pk=OuterRef("pk")).filter(closing=OuterRef("opening"))
    later = BankFile.objects.exclude(account="").annotate(first_of_account=first).exclude(pk=F("first_of_account"))
    return later.exclude(Exists(before)).order_by("first_day", "pk")


def follows_a_gap(file: BankFile) -> bool:
    """Tell whether a statement before this one is missing (one query)."""
    return after_a_gap().filter(pk=file.pk).exists()


def in_the_books(file: BankFile) -> Decimal | None:
    """Return what stands on the ledger's bank account when a statement's last day ended, in dirhams (one query)."""
    if file.last_day is None:
        return None
    lines = Line.objects.filter(account__code=BANK, account__currency=MAD, entry__booked_on__lte=file.last_day)
    return from_minor(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
