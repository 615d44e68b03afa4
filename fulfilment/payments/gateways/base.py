"""The ports that ways of taking money stand behind. Amounts go in and out as ``Decimal`` with a currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from catalogue.kernel.money import ZERO


class ProviderUnavailable(Exception):
    """The provider could not be asked, or its answer was lost. Asking again with the same key is safe."""


class KeySpent(ProviderUnavailable):
    """The provider failed while it worked, and will say the same again under this key, whatever came of it."""


class ProviderRefused(Exception):
    """The provider understood and said no: a mistake of ours or a payment in the wrong state."""


class NoSuchPayment(ProviderRefused):
    """The provider does not know this payment."""


class NotUnderstood(Exception):
    """The provider used a word that this code does not know: someone must look before anything is written."""


class AddressRefused(ProviderRefused):
    """The provider sends no receipt to such an address; nothing was kept under the key."""


@dataclass(frozen=True)
class Charge:
    """What is to be paid, and the key under which it is asked for, stored before the first call.

    Holds only what never changes of an attempt: a provider refuses a key that comes with other values.
    ``hold`` asks to hold the amount on the card until ``capture``.
    """

    key: str
    order_number: str
    attempt: int
    amount: Decimal
    currency: str
    receipt_email: str = ""
    hold: bool = False

    def as_started(self) -> "Payment":
        """Say what is known of it where our key is the payment's name, and nobody was asked yet."""
        metadata = {"order_number": self.order_number, "attempt": str(self.attempt)}
        return Payment(self.key, "STARTED", self.amount, self.currency, ZERO, metadata=metadata)


@dataclass(frozen=True)
class Payment:
    """What the provider says of a payment. ``state`` is one of ``PaymentAttempt.State``.

    ``fee`` and ``net`` are what the provider keeps and passes on, in ``settled_currency``; None until it knows.
    ``capture_before`` is when a hold on the card ends by itself.
    """

    id: str
    state: str
    amount: Decimal
    currency: str
    received: Decimal
    client_secret: str = ""
    error: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    charge_id: str = ""
    fee: Decimal | None = None
    net: Decimal | None = None
    settled_currency: str = ""
    capture_before: datetime | None = None


@dataclass(frozen=True)
class GiveBack:
    """What is to be given back of a payment, under a key stored before the call.

    ``look_first``: the key may be forgotten by now, so what was made under it is looked for before it is used.
    """

    key: str
    payment_id: str
    amount: Decimal
    currency: str
    order_number: str
    refund: int
    look_first: bool = False


@dataclass(frozen=True)
class GivenBack:
    """What the provider says of a refund. ``state`` is one of ``Refund.State``."""

    id: str
    state: str
    amount: Decimal
    currency: str
    payment_id: str
    error: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProviderEvent:
    """Something that happened at the provider, as its list of events tells it."""

    id: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Movement:
    """Money that moved on our account there, before the ``fee``; ``source`` is the charge, refund or dispute."""

    id: str
    kind: str
    source: str
    amount: Decimal
    currency: str
    moved_at: datetime
    fee: Decimal = ZERO


EVIDENCE = (
    "product_description",
    "customer_name",
    "customer_email_address",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "service_date",
    "uncategorized_text",
)
"""What an answer to a dispute may say, by the provider's own names; each is text."""


@dataclass(frozen=True)
class Disputed:
    """What the provider says of a dispute. ``state``: one of ``Dispute.State``; ``answer``: our last answer's key.

    ``movements`` is what it took so far, and returned.
    """

    id: str
    state: str
    amount: Decimal
    currency: str
    reason: str
    payment_id: str
    charge_id: str
    opened_at: datetime
    due_at: datetime | None
    submissions: int
    movements: tuple[Movement, ...]
    answer: str = ""


class PaymentProvider(Protocol):
    """What every way of taking money does. ``tests/fulfilment/payments/test_contract.py`` holds each to it.

    Start, capture and refund are asked again with the same key after a lost answer and give the same. What is
    not ours raises ``NoSuchPayment``, or nothing was received for it.
    """

    def start(self, charge: Charge) -> Payment: ...

    def settle(self, payment_id: str) -> Payment: ...

    def capture(self, payment_id: str, amount: Decimal | None = None) -> Payment: ...

    def cancel(self, payment_id: str) -> Payment:
        """Cancel, or say what became of it when it can no longer be cancelled."""

    def refund(self, asked: GiveBack) -> GivenBack: ...


class RemoteProvider(PaymentProvider, Protocol):
    """One that is asked over a network, where an answer can be lost and is looked for again."""

    def find(self, charge: Charge, since: datetime) -> Payment | None:
        """Look for a payment that was started and lost, by what it was started for; None when there is none."""

    def find_refund(self, refund_id: str) -> GivenBack: ...


class AccountProvider(RemoteProvider, Protocol):
    """One that keeps an account for us, and tells what happens on it."""

    def find_dispute(self, dispute_id: str) -> Disputed: ...

    def answer_dispute(
        self, dispute_id: str, evidence: Mapping[str, str], *, key: str, submit: bool = True
    ) -> Disputed:
        """Send what speaks for the shop, once under a key; an answer that was lost shows in ``answer``."""

    def events_since(self, since: datetime) -> list[ProviderEvent]: ...

    def movements(self, since: datetime, until: datetime) -> list[Movement]:
        """List what moved on our account, ``until`` excluded."""
