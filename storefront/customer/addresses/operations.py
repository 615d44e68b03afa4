"""Changes to someone's address book."""

from typing import Any

from django.db import transaction

from catalogue.people.models import User
from catalogue.places.models import UserAddress


@transaction.atomic
def keep_address(*, person: User, values: dict[str, Any], address: UserAddress | None = None) -> UserAddress:
    """Write an address into the book, or change one there. Twice the same is one entry; the first is the default."""
    User.objects.select_for_update(no_key=True).get(
        pk=person.pk
    )  # two new entries at once must not both be the default
    kept = address or UserAddress(user=person)
    for field, value in values.items():
        setattr(kept, field, value)
    kept.hash = kept.generate_hash()
    book = UserAddress.objects.filter(user=person).exclude(pk=kept.pk)
    if (twin := book.filter(hash=kept.hash).first()) is not None:
        if address is not None:
            address.delete()
        return keep_address(person=person, values=values, address=twin)
    if not book.filter(is_default_for_shipping=True).exists():
        kept.is_default_for_shipping = True
    kept.save()
    return kept


@transaction.atomic
def make_default(*, address: UserAddress) -> None:
    """Offer this address first from now on."""
    UserAddress.objects.filter(user_id=address.user_id).update(is_default_for_shipping=False)
    UserAddress.objects.filter(pk=address.pk).update(is_default_for_shipping=True)


@transaction.atomic
def drop_address(*, address: UserAddress) -> None:
    """Take an address out of the book; if it was the default, the newest other one is."""
    person_id, was_default = address.user_id, address.is_default_for_shipping
    address.delete()
    heir = UserAddress.objects.filter(user_id=person_id).order_by("-date_created", "-pk").first()
    if was_default and heir is not None:
        make_default(address=heir)
