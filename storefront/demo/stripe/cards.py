"""The cards that the demonstration bank knows, with the numbers that Stripe's own documentation gives them."""

from collections.abc import Mapping
from dataclasses import dataclass

ACCEPTED, DECLINED = "4242424242424242", "4000000000000002"
NO_FUNDS = "4000000000009995"
SECURE = "4000002760003184"
SECURE_NO_FUNDS = "4000008260003178"
SLOW = "4000000000001034"
DISPUTED = "4000000000000259"
REFUND_LATE, REFUND_FAILS = "4000000000007726", "4000000000005126"


@dataclass(frozen=True)
class Card:
    """What a card does. ``decline`` is a code and Stripe's finer ``decline_code``; ``refund`` how a refund ends."""

    last4: str
    secure: bool = False
    decline: tuple[str, str] | None = None
    slow: bool = False
    disputed: bool = False
    refund: str = "succeeded"


def _card(number: str, **does: object) -> tuple[str, Card]:
    return number, Card(last4=number[-4:], **does)  # type: ignore[arg-type]


CARDS: Mapping[str, Card] = dict(
    [
        _card(ACCEPTED),
        _card("5555555555554444"),
        _card(DECLINED, decline=("card_declined", "generic_decline")),
        _card(NO_FUNDS, decline=("card_declined", "insufficient_funds")),
        _card("4000000000000069", decline=("expired_card", "")),
        _card("4000000000000127", decline=("incorrect_cvc", "")),
        _card("4000000000000119", decline=("processing_error", "")),
        _card(SECURE, secure=True),
        _card(SECURE_NO_FUNDS, secure=True, decline=("card_declined", "insufficient_funds")),
        _card(SLOW, slow=True),
        _card(DISPUTED, disputed=True),
        _card(REFUND_LATE, refund="pending"),
        _card(REFUND_FAILS, refund="failed"),
    ]
)
METHODS = {
    "pm_card_visa": ACCEPTED,
    "pm_card_mastercard": "5555555555554444",
    "pm_card_visa_chargeDeclined": DECLINED,
    "pm_card_visa_chargeDeclinedInsufficientFunds": NO_FUNDS,
    "pm_card_authenticationRequired": SECURE,
    "pm_card_createDispute": DISPUTED,
    "pm_card_pendingRefund": REFUND_LATE,
    "pm_card_refundFail": REFUND_FAILS,
}
MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_number": "Your card number is incorrect.",
    "payment_intent_authentication_failure": "We are unable to authenticate your payment method.",
}


def card_by(given: Mapping[str, str]) -> Card | None:
    """Return the card that was typed, or that a test method's name stands for."""
    number = "".join(filter(str.isdigit, given.get("number", ""))) or METHODS.get(given.get("payment_method", ""), "")
    return CARDS.get(number)
