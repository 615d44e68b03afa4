"""What the QR of a label opens. The driver's page stands above, so its address is asked for by name."""

from django.conf import settings
from django.utils.module_loading import import_string

from fulfilment.warehouse.models import Consignment


def behind_qr(parcel: Consignment) -> str:
    """Return the address of the parcel's page for its driver; without such a page, the parcel's reference.

    It carries when it was made, so it is no part of what makes a label another version (``policies.digest``).
    """
    if not settings.PARCEL_URL:
        return parcel.reference
    return str(import_string(settings.PARCEL_URL)(parcel))
