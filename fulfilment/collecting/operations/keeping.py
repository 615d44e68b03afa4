"""Who keeps a shop, and the till that its cash is owed from."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.constraints import refused_as
from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import day_of
from catalogue.lots.models import Place
from fulfilment.collecting.models import ShopMandate, Till
from fulfilment.shipping.models import Courier


class NotAShop(Exception):
    """Only a solidarity shop has a counter."""


class MandateOverlaps(Exception):
    """This person keeps this shop on some of these days already."""


def till_of(place: Place) -> Till:
    """Return a shop's till; it is made when it is first needed.

    Its courier is closed to parcels: it only owes what was taken in cash, until that is handed in.
    """
    till = Till.objects.filter(place=place).first()
    if till is None:
        values = {"kind": Courier.Kind.OWN, "is_active": False}
        name = f"{place.name_fr or place.name} ({place.code})"[:80]  # type: ignore[attr-defined]
        courier = Courier.objects.get_or_create(name=name, defaults=values)[0]
        till = Till.objects.get_or_create(place=place, defaults={"courier": courier})[0]
    return till


def give_mandate(
    *, place_id: int, user_id: int, valid_from: date, valid_until: date, by: Any, now: datetime
) -> ShopMandate:
    """Let someone keep a shop for some days. Raises ``NotAShop`` or ``MandateOverlaps``."""
    place = Place.objects.get(pk=place_id)
    if place.kind != Place.Kind.SHOP:
        raise NotAShop(place.code)
    with refused_as(MandateOverlaps, constraint="mandate_once_at_a_time"):
        return ShopMandate.objects.create(
            place=place, user_id=user_id, valid_from=valid_from, valid_until=valid_until, given_by=by, given_at=now
        )


@transaction.atomic
def end_mandate(*, mandate_id: int, now: datetime) -> ShopMandate:
    """End a mandate today: from now on it opens nothing."""
    mandate = lock_one(ShopMandate.objects.filter(pk=mandate_id))
    mandate.valid_until = max(mandate.valid_from, min(mandate.valid_until, day_of(now)))
    mandate.save(update_fields=["valid_until"])
    return mandate
