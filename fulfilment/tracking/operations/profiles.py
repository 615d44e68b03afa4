"""How we speak with a courier: its code, its columns, the secrets that its machine signs with."""

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from catalogue.kernel.locks import lock_one
from catalogue.kernel.sealing import seal
from fulfilment.shipping.models import Courier
from fulfilment.tracking.gateways import Columns
from fulfilment.tracking.models import CourierProfile
from fulfilment.tracking.queries import PURPOSE


class CodeTaken(Exception):
    """Another courier goes by this code."""


class NameTaken(Exception):
    """There is a courier of this name."""


@transaction.atomic
def add_courier(*, name: str, kind: str) -> Courier:
    """Add someone who may be handed parcels. Raises ``NameTaken``."""
    try:
        with transaction.atomic():
            return Courier.objects.create(name=name, kind=kind)
    except IntegrityError as error:
        raise NameTaken(name) from error


@transaction.atomic
def set_up(*, courier_id: int, code: str, gateway: str, columns: Columns, by: Any, now: datetime) -> CourierProfile:
    """Say how we speak with a courier. Its secrets stay. Raises ``CodeTaken``."""
    values = {
        "code": code,
        "gateway": gateway,
        "parcel_column": columns.parcel,
        "word_column": columns.word,
        "at_column": columns.at,
        "key_column": columns.key,
        "note_column": columns.note,
        "changed_at": now,
        "changed_by": by,
    }
    try:
        with transaction.atomic():
            profile, _new = CourierProfile.objects.update_or_create(courier_id=courier_id, defaults=values)
    except IntegrityError as error:
        if CourierProfile.objects.filter(code=code).exclude(courier=courier_id).exists():
            raise CodeTaken(code) from error
        raise
    return profile


@transaction.atomic
def make_secret(*, courier_id: int, by: Any, now: datetime) -> str:
    """Make a new secret and return it, this once; the one before holds until it is dropped."""
    profile = lock_one(CourierProfile.objects.filter(courier=courier_id))
    secret = secrets.token_hex(32)
    profile.secret, profile.old_secret = seal(secret, purpose=PURPOSE), profile.secret
    profile.secret_at = profile.changed_at = now
    profile.changed_by = by
    profile.save(update_fields=["secret", "old_secret", "secret_at", "changed_at", "changed_by"])
    return secret


@transaction.atomic
def drop_old_secret(*, courier_id: int, by: Any, now: datetime) -> CourierProfile:
    """Let the secret before the last one hold no longer."""
    profile = lock_one(CourierProfile.objects.filter(courier=courier_id))
    profile.old_secret, profile.changed_at, profile.changed_by = "", now, by
    profile.save(update_fields=["old_secret", "changed_at", "changed_by"])
    return profile
