"""Stripe, through its own SDK: PaymentIntents. The only place that knows of minor units and of Stripe's words."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from stripe.params import PaymentIntentCreateParams, RefundCreateParams

from catalogue.kernel.money import to_minor

from .base import (
    EVIDENCE,
    AddressRefused,
    Charge,
    Disputed,
    GiveBack,
    GivenBack,
    KeySpent,
    Movement,
    NoSuchPayment,
    Payment,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
)
from .stripe_words import EVENT_TYPES, disputed_of, given_back_of, movement_of, payment_of

API_VERSION = "2026-10-28.endive"
"""What this code was written for. An SDK that speaks another is met on purpose, or not at all."""

if stripe.api_version != API_VERSION:
    raise ImproperlyConfigured(
        f"The shop was written for Stripe's API {API_VERSION}; the SDK {stripe.VERSION} speaks {stripe.api_version}."
    )

CONNECT_SECONDS, ANSWER_SECONDS = 2, 8
"""Together the ten seconds that one call may take."""

RETRIES, PAUSE_SECONDS, QUICK_SECONDS = 2, 0.3, 1.0
"""A connection that breaks at once is tried again; one that hung is not: the page must answer within twelve seconds."""

SETTLED = ["latest_charge.balance_transaction"]
CONFLICT = 409
CLOCKS_DIFFER = timedelta(minutes=5)
UNAVAILABLE = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)
NEVER = (stripe.AuthenticationError, stripe.PermissionError, stripe.CardError, stripe.IdempotencyError)
Answer = TypeVar("Answer")


class StripeProvider:
    """A payment is a PaymentIntent; its methods follow the account's settings, never a list of ours."""

    def __init__(self, client: stripe.StripeClient, retries: int = RETRIES) -> None:
        self.client, self.retries = client, retries

    def _asked(self, call: Callable[[], Answer]) -> Answer:
        """Ask, and again while it costs no patience: every call has a key or only reads."""
        began = time.monotonic()
        for left in range(self.retries, 0, -1):
            try:
                return _told(call)
            except ProviderUnavailable as error:
                if not _may_pass(error) or time.monotonic() - began > QUICK_SECONDS:
                    raise
                time.sleep(PAUSE_SECONDS * (self.retries - left + 1))
        return _told(call)

    def start(self, charge: Charge) -> Payment:
        params: PaymentIntentCreateParams = {
            "amount": to_minor(charge.amount),
            "currency": charge.currency.lower(),
            "automatic_payment_methods": {"enabled": True},
            "metadata": _metadata(charge),
            "description": f"Order {charge.order_number}",
        }
        if charge.receipt_email:
            params["receipt_email"] = charge.receipt_email
        if charge.hold:
            params["capture_method"] = "manual"
        intents = self.client.v1.payment_intents
        return payment_of(self._asked(lambda: intents.create(params, options={"idempotency_key": charge.key})))

    def find(self, charge: Charge, since: datetime) -> Payment | None:
        """List rather than search: a list knows at once of what was made, a search only after a while."""
        recent: Any = {"created": {"gte": int((since - CLOCKS_DIFFER).timestamp())}, "limit": 100}

        def look() -> Any:
            pages = self.client.v1.payment_intents.list(recent)
            wanted = _metadata(charge)
            return next((one for one in pages.auto_paging_iter() if _has(one, wanted)), None)

        found = self._asked(look)
        return payment_of(found) if found else None

    def settle(self, payment_id: str) -> Payment:
        return payment_of(self._asked(lambda: self.client.v1.payment_intents.retrieve(payment_id, {"expand": SETTLED})))

    def capture(self, payment_id: str, amount: Decimal | None = None) -> Payment:
        """Take what is held on the card, or a part of it; say what it is already when that was done before."""
        params: Any = {"expand": SETTLED, **({"amount_to_capture": to_minor(amount)} if amount is not None else {})}
        intents = self.client.v1.payment_intents

        def ask(key: str) -> Payment:
            options: Any = {"idempotency_key": key}
            return payment_of(self._asked(lambda: intents.capture(payment_id, params, options)))

        try:
            return ask(f"capture-{payment_id}")
        except NoSuchPayment:
            raise
        except ProviderRefused:
            return self.settle(payment_id)
        except KeySpent:
            found = self.settle(payment_id)
        if found.state != "AUTHORISED":
            return found
        return ask(f"capture-{payment_id}-{time.time_ns()}")  # another key is safe: a hold is captured once

    def cancel(self, payment_id: str) -> Payment:
        """Cancel, or say what became of it when it can no longer be cancelled."""
        key = {"idempotency_key": f"cancel-{payment_id}"}
        reason: Any = {"cancellation_reason": "abandoned"}
        try:
            return payment_of(self._asked(lambda: self.client.v1.payment_intents.cancel(payment_id, reason, key)))  # type: ignore[arg-type]
        except NoSuchPayment:
            raise
        except (ProviderRefused, KeySpent):
            return self.settle(payment_id)

    def refund(self, asked: GiveBack) -> GivenBack:
        params: RefundCreateParams = {
            "payment_intent": asked.payment_id,
            "amount": to_minor(asked.amount),
            "reason": "requested_by_customer",
            "metadata": {"order_number": asked.order_number, "refund": str(asked.refund)},
        }
        refunds = self.client.v1.refunds
        if asked.look_first and (found := self._refund_made(asked)):
            return found
        try:
            return given_back_of(self._asked(lambda: refunds.create(params, options={"idempotency_key": asked.key})))
        except (KeySpent, ProviderRefused):
            found = self._refund_made(asked)
            if found is None:
                raise
            return found

    def _refund_made(self, asked: GiveBack) -> GivenBack | None:
        """Look among a payment's refunds for one that was made and lost."""
        listed = self._asked(lambda: self.client.v1.refunds.list({"payment_intent": asked.payment_id, "limit": 100}))
        ours = (one for one in listed.data if _has(one, {"refund": str(asked.refund)}))
        found = next(ours, None)
        return given_back_of(found) if found else None

    def find_refund(self, refund_id: str) -> GivenBack:
        return given_back_of(self._asked(lambda: self.client.v1.refunds.retrieve(refund_id)))

    def find_dispute(self, dispute_id: str) -> Disputed:
        return disputed_of(self._asked(lambda: self.client.v1.disputes.retrieve(dispute_id)))

    def answer_dispute(
        self, dispute_id: str, evidence: Mapping[str, str], *, key: str, submit: bool = True
    ) -> Disputed:
        unknown = evidence.keys() - set(EVIDENCE)
        if unknown:
            raise ProviderRefused(f"no evidence of these names: {sorted(unknown)}")
        params: Any = {"evidence": dict(evidence), "submit": submit, "metadata": {"answer": key}}
        disputes = self.client.v1.disputes
        return disputed_of(self._asked(lambda: disputes.update(dispute_id, params, {"idempotency_key": key})))

    def events_since(self, since: datetime) -> list[ProviderEvent]:
        params: Any = {"types": EVENT_TYPES, "created": {"gte": int(since.timestamp())}, "limit": 100}

        def read() -> list[ProviderEvent]:
            pages = self.client.v1.events.list(params)
            return [ProviderEvent(event.id, event.to_dict()) for event in pages.auto_paging_iter()]

        return self._asked(read)

    def movements(self, since: datetime, until: datetime) -> list[Movement]:
        span: Any = {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": 100}

        def read() -> list[Movement]:
            pages = self.client.v1.balance_transactions.list(span)
            return [movement_of(row) for row in pages.auto_paging_iter()]

        return self._asked(read)


def _metadata(charge: Charge) -> dict[str, str]:
    return {"order_number": charge.order_number, "attempt": str(charge.attempt)}


def _has(found: Any, wanted: dict[str, str]) -> bool:
    return bool(found.metadata) and wanted.items() <= found.metadata.to_dict().items()


def _told(call: Callable[[], Answer]) -> Answer:
    """Ask once, and turn Stripe's errors into those of the port."""
    try:
        return call()
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NoSuchPayment(str(error)) from error
        if error.param == "receipt_email":
            raise AddressRefused(str(error)) from error
        raise ProviderRefused(str(error)) from error
    except NEVER as error:
        raise ProviderRefused(str(error)) from error
    except UNAVAILABLE as error:
        if error.http_status is not None and error.http_status >= 500:  # what was saved under the key is this failure
            raise KeySpent(str(error)) from error
        raise ProviderUnavailable(str(error)) from error


def _may_pass(error: ProviderUnavailable) -> bool:
    """Tell whether asking again at once could help: the connection broke, or the same key was just being used."""
    cause = error.__cause__
    return isinstance(cause, stripe.APIConnectionError) or getattr(cause, "http_status", None) == CONFLICT


@lru_cache(maxsize=4)
def provider(base: str = "", key: str = "", *, patient: bool = True) -> StripeProvider:
    """Return the provider for the keys and the address in the settings, or for those given."""
    if not key:
        return provider(settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY, patient=patient)
    client = stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else None,
        max_network_retries=0,  # it would wait again for a bank that hangs
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
    )
    return StripeProvider(client, RETRIES if patient else 0)


def element_options(amount: Decimal, currency: str, *, hold: bool = False) -> dict[str, Any]:
    """Return what Stripe's script needs to draw its card field before a payment exists; it must fit the payment."""
    options: dict[str, Any] = {"mode": "payment", "amount": to_minor(amount), "currency": currency.lower()}
    return options | {"captureMethod": "manual"} if hold else options
