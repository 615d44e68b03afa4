"""Who made how much of a lot that several members of a union made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.lots.models import Lot, LotShare
from catalogue.lots.policies import WHOLE_LOT
from catalogue.lots.queries import is_promised, may_share

from .changing import lock_lot


class SharesDiffer(Exception):
    """The shares of a lot come to ``found`` thousandths, and not to a thousand."""

    def __init__(self, found: int) -> None:
        self.found = found
        super().__init__(_("The shares come to %(found)s of 1000.") % {"found": found})


class NotOfTheUnion(Exception):
    """Only members of its cooperative's union share a lot."""

    def __init__(self) -> None:
        super().__init__(_("Only cooperatives of the same union share a lot."))


class AlreadyPromised(Exception):
    """A piece of the lot is promised or sold: whose it is stays as it was."""

    def __init__(self) -> None:
        super().__init__(_("Pieces of this lot are promised to buyers already: whose they are stays as it is."))


@transaction.atomic
def share_lot(*, lot: Lot, per_mille: Mapping[int, int], by: Any, now: datetime) -> list[LotShare]:
    """Say what each cooperative (its key: thousandths) made of a lot, instead of what was said; nothing: one's own.

    Locks stock record and lot, as whoever promises a piece does. Raises ``SharesDiffer``, ``NotOfTheUnion`` and
    ``AlreadyPromised``.
    """
    fresh = lock_lot(lot)
    shares = {pk: part for pk, part in sorted(per_mille.items()) if part}
    if shares and (sum(shares.values()) != WHOLE_LOT or min(shares.values()) < 0):
        raise SharesDiffer(sum(shares.values()))
    if shares.keys() - {member.pk for member in may_share(fresh)}:
        raise NotOfTheUnion
    if is_promised(fresh):
        raise AlreadyPromised
    LotShare.objects.filter(lot=fresh).delete()
    return LotShare.objects.bulk_create(
        LotShare(lot=fresh, cooperative_id=pk, per_mille=part, said_at=now, said_by=by) for pk, part in shares.items()
    )
