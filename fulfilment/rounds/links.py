"""The address in the QR of a parcel's label: it names the parcel, and opens only for a driver who carries it."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from fulfilment.warehouse.models import Consignment

SALT = "fulfilment.rounds.links"
GOOD_FOR = timedelta(days=30)


class BadLink(Exception):
    """No label of ours says this."""


class ExpiredLink(Exception):
    """The label is too old."""


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT, sep=".")


def parcel_path(consignment: Consignment) -> str:
    """Return the driver's address of a parcel, without the host. It carries the parcel's reference and no more."""
    return reverse("driver:parcel", args=[_signer().sign(consignment.reference)])


def parcel_url(consignment: Consignment) -> str:
    """Return the same with the shop's own address in front, for the label."""
    return settings.BASE_URL.rstrip("/") + parcel_path(consignment)


def reference_in(token: str, *, however_old: bool = False) -> str:
    """Return the reference of the parcel that a label names. Raises ``BadLink`` or ``ExpiredLink``."""
    try:
        return _signer().unsign(token, max_age=None if however_old else GOOD_FOR)
    except signing.SignatureExpired as error:
        raise ExpiredLink(token) from error
    except signing.BadSignature as error:
        raise BadLink(token) from error
