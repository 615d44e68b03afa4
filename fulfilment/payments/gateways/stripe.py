"""Stripe, through its own SDK: PaymentIntents. The only place that knows of minor units and of Stripe's words."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings
from stripe.params import PaymentIntentCreateParams

from catalogue.kernel.money import from_minor, to_minor

from .base import Charge, NoSuchPayment, Payment, ProviderRefused, ProviderUnavailable

CONNECT_SECONDS, ANSWER_SECONDS = 2, 8
RETRIES = 2

STATES = {
    "requires_payment_method": "STARTED",
    "requires_confirmation": "STARTED",
    "requires_action": "REQUIRES_ACTION",
    "processing": "PROCESSING",
    "requires_capture": "AUTHORISED",
    "succeeded": "SUCCEEDED",
    "canceled": "CANCELLED",
}
UNAVAILABLE = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)


class StripeProvider:
    """A payment is a PaymentIntent; its methods follow the account's settings, never a list of ours."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self.client = client

    def start(self, charge: Charge) -> Payment:
        metadata = {"order_number": charge.order_number, "attempt": str(charge.attempt)}
        params: PaymentIntentCreateParams = {
            "amount": to_minor(charge.amount),
            "currency": charge.currency.lower(),
            "automatic_payment_methods": {"enabled": True},
            "metadata": metadata,
            "description": f"Order {charge.order_number}",
        }
        return _asked(lambda: self.client.v1.payment_intents.create(params, options={"idempotency_key": charge.key}))

    def settle(self, payment_id: str) -> Payment:
        return _asked(lambda: self.client.v1.payment_intents.retrieve(payment_id))

    def cancel(self, payment_id: str) -> Payment:
        """Cancel, or say what became of it when it can no longer be cancelled."""
        try:
            return _asked(
                lambda: self.client.v1.payment_intents.cancel(
                    payment_id, {"cancellation_reason": "abandoned"}, {"idempotency_key": f"cancel-{payment_id}"}
                )
            )
        except NoSuchPayment:
            raise
        except ProviderRefused:
            return self.settle(payment_id)


def _asked(call: Any) -> Payment:
    try:
        intent = call()
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NoSuchPayment(str(error)) from error
        raise ProviderRefused(str(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.IdempotencyError) as error:
        raise ProviderRefused(str(error)) from error
    except UNAVAILABLE as error:
        raise ProviderUnavailable(str(error)) from error
    return _payment(intent)


def _payment(intent: Any) -> Payment:
    last_error = intent.last_payment_error
    state = STATES.get(intent.status, "PROCESSING")
    return Payment(
        id=intent.id,
        state="FAILED" if last_error and state == "STARTED" else state,
        amount=from_minor(intent.amount),
        currency=intent.currency.upper(),
        received=from_minor(intent.amount_received or 0),
        client_secret=intent.client_secret or "",
        error=(last_error.code or "declined") if last_error else "",
        metadata=intent.metadata.to_dict() if intent.metadata else {},
    )


@lru_cache(maxsize=4)
def provider(base: str = "", key: str = "", *, patient: bool = True) -> StripeProvider:
    """Return the provider for the keys and the address in the settings, or for those given."""
    if not key:
        return provider(settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY, patient=patient)
    client = stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        max_network_retries=RETRIES if patient else 0,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
    )
    return StripeProvider(client)


def element_options(amount: Decimal, currency: str) -> dict[str, Any]:
    """Return what Stripe's script needs to draw its card field before a payment exists."""
    return {"mode": "payment", "amount": to_minor(amount), "currency": currency.lower()}
