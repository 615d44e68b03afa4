"""A transfer to the office's own account. What came in are lines of the bank's statement, recorded at the desk."""

from fulfilment.orders.transfers import account_in

from .base import Charge, ProviderRefused
from .own import OwnProvider


class TransferProvider(OwnProvider):
    """Only into a currency that the office has an account in."""

    def check(self, charge: Charge) -> None:
        if account_in(charge.currency) is None:
            raise ProviderRefused(f"no account in {charge.currency}")
