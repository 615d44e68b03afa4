"""What ways of taking money share that ask nobody: our own rows say what came in, written when a person saw it."""

from collections.abc import Callable
from decimal import Decimal

from catalogue.kernel.money import ZERO

from .base import Charge, GiveBack, GivenBack, NoSuchPayment, Payment, ProviderRefused

Kept = Callable[[str], Payment | None]
"""Reads a payment by its key from our own rows."""


class OwnProvider:
    """Nothing is asked, held or lost: a payment goes by its key, and only what was received is final."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept

    def start(self, charge: Charge) -> Payment:
        """Say what is to be paid; money is seen later. Raises ``ProviderRefused`` where it cannot be taken."""
        self.check(charge)
        return self.kept(charge.key) or charge.as_started()

    def check(self, charge: Charge) -> None:
        """Raise ``ProviderRefused`` for what is never paid so."""
        raise NotImplementedError

    def settle(self, payment_id: str) -> Payment:
        found = self.kept(payment_id)
        if found is None:
            raise NoSuchPayment(payment_id)
        return found

    def capture(self, payment_id: str, amount: Decimal | None = None) -> Payment:
        """Say what it is: there is never anything held to be taken."""
        return self.settle(payment_id)

    def cancel(self, payment_id: str) -> Payment:
        """Agree to anything but a payment that came in: nobody else could still take it."""
        found = self.settle(payment_id)
        if found.state == "SUCCEEDED":
            return found
        return Payment(found.id, "CANCELLED", found.amount, found.currency, ZERO, metadata=found.metadata)

    def refund(self, asked: GiveBack) -> GivenBack:
        """Ask a person to send it by transfer: it stays under way until they say that the bank did."""
        found = self.settle(asked.payment_id)
        if (asked.currency, found.state) != (found.currency, "SUCCEEDED") or asked.amount > found.received:
            raise ProviderRefused(f"{asked.amount} {asked.currency} of {asked.payment_id} did not come in")
        return GivenBack(
            id=asked.key,
            state="PENDING",
            amount=asked.amount,
            currency=asked.currency,
            payment_id=asked.payment_id,
            metadata={"order_number": asked.order_number, "refund": str(asked.refund)},
        )
