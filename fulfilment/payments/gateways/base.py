"""The port that every way of taking money stands behind. Amounts go in and out as ``Decimal`` with a currency."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol


class ProviderUnavailable(Exception):
    """The provider could not be asked, or its answer was lost. Asking again with the same key is safe."""


class ProviderRefused(Exception):
    """The provider understood and said no: a mistake of ours or a payment in the wrong state."""


class NoSuchPayment(ProviderRefused):
    """The provider does not know this payment."""


@dataclass(frozen=True)
class Charge:
    """What is to be paid, and the key under which it is asked for, stored before the first call.

    Holds only what never changes of an attempt: a provider refuses a key that comes with other values.
    """

    key: str
    order_number: str
    attempt: int
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Payment:
    """What the provider says of a payment. ``state`` is one of ``PaymentAttempt.State``."""

    id: str
    state: str
    amount: Decimal
    currency: str
    received: Decimal
    client_secret: str = ""
    error: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


class PaymentProvider(Protocol):
    """Start is asked again with the same key after a lost answer and gives the same payment."""

    def start(self, charge: Charge) -> Payment: ...

    def settle(self, payment_id: str) -> Payment: ...

    def cancel(self, payment_id: str) -> Payment: ...
