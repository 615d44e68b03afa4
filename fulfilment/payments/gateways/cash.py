"""Cash to the courier at the door. What was collected is written when the parcel is delivered."""

from catalogue.kernel.money import MAD

from .base import Charge, ProviderRefused
from .own import OwnProvider


class CashProvider(OwnProvider):
    """Couriers carry dirhams."""

    def check(self, charge: Charge) -> None:
        if charge.currency != MAD:
            raise ProviderRefused(f"no courier takes {charge.currency}")
