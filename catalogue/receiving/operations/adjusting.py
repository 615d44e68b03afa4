"""Where things stand, and putting the books right with a reason."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, ngettext

from catalogue.lots.models import LotStock, StockMovement
from catalogue.lots.operations import move_pieces
from catalogue.lots.operations.changing import lock_stock
from catalogue.people.models import User


class Reason(TextChoices):
    """Why pieces are written off or put right."""

    BROKEN = "broken", gettext_lazy("broken")
    SPOILED = "spoiled", gettext_lazy("spoiled")
    SAMPLE = "sample", gettext_lazy("given as a sample")
    FOUND = "found", gettext_lazy("found again")
    MISTAKE = "mistake", gettext_lazy("a mistake in the books")


WRITTEN_OFF = (Reason.BROKEN, Reason.SPOILED, Reason.SAMPLE)


class NotFree(Exception):
    """More pieces were asked for than are free to go; the others are promised to shoppers."""

    def __init__(self, free: int) -> None:
        self.free = free
        words = ngettext(
            "Only %(free)d piece is free here: the others are sold already. Nothing was changed.",
            "Only %(free)d pieces are free here: the others are sold already. Nothing was changed.",
            free,
        )
        super().__init__(words % {"free": free})


@transaction.atomic
def adjust(
    *, stock: LotStock, change: int, reason: str, key: UUID, by: User, now: datetime, note: str = ""
) -> StockMovement:
    """Put right how many of a lot lie at a place. Locks its stock; the same ``key`` again is nothing.

    Raises ``NotFree`` rather than touching a piece that is promised.
    """
    fresh = lock_stock(stock)
    is_new = not StockMovement.objects.filter(key=key).exists()
    if is_new and change < 0 and -change > fresh.free:
        raise NotFree(fresh.free)
    kind = StockMovement.Kind.WRITTEN_OFF if reason in WRITTEN_OFF and change < 0 else StockMovement.Kind.ADJUSTED
    words = f"{reason}: {note}" if note else reason
    return move_pieces(stock=fresh, kind=kind, change=change, reason=words[:200], key=key, by=by, now=now)


@transaction.atomic
def put_away(*, stock: LotStock, shelf: str) -> None:
    """Say on which shelf of its place a lot stands."""
    fresh = lock_stock(stock)
    fresh.shelf = shelf
    fresh.save(update_fields=["shelf"])
