"""Cash at the door: nothing to ask of anyone until the courier has it."""

from .base import Charge, NoSuchPayment, Payment


class CashProvider:
    """Promises what the courier will collect; there is nothing to settle or cancel elsewhere."""

    def start(self, charge: Charge) -> Payment:
        return Payment(
            id="", state="STARTED", amount=charge.amount, currency=charge.currency, received=charge.amount * 0
        )

    def settle(self, payment_id: str) -> Payment:
        raise NoSuchPayment(payment_id)

    def cancel(self, payment_id: str) -> Payment:
        raise NoSuchPayment(payment_id)
