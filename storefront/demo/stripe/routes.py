"""Which address does what: its method, the SDK's type of its parameters, and the bank's own function."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .bank import Bank
from .refusals import Answer

Params = Mapping[str, Any]
ID = r"(?P<id>[a-z]+_[0-9a-f]+)"


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    type_name: str
    work: Callable[[Bank, str, Params], Answer]


def _route(method: str, path: str, type_name: str, work: Callable[[Bank, str, Params], Answer]) -> Route:
    return Route(method, re.compile(path.replace("ID", ID)), type_name, work)


def _read(bank: Bank, object_id: str, params: Params) -> Answer:
    bank.settle_due()
    return 200, bank.find(object_id)


def _list(kind: str, *equal: str) -> Callable[[Bank, str, Params], Answer]:
    return lambda bank, _, params: (200, bank.list_of(kind, params, *equal))


def _confirm(bank: Bank, intent_id: str, params: Params) -> Answer:
    return bank.confirm(intent_id, {"payment_method": params.get("payment_method", "")})


def _cancel(bank: Bank, intent_id: str, params: Params) -> Answer:
    return bank.cancel(intent_id, params.get("cancellation_reason", ""))


INTENTS = "/v1/payment_intents"
ROUTES = (
    _route("POST", INTENTS, "PaymentIntentCreateParams", lambda bank, _, params: bank.create(params)),
    _route("GET", INTENTS, "PaymentIntentListParams", lambda bank, _, params: (200, bank.list_intents(params))),
    _route(
        "GET",
        f"{INTENTS}/search",
        "PaymentIntentSearchParams",
        lambda bank, _, params: (200, bank.search_intents(params)),
    ),
    _route("GET", f"{INTENTS}/ID", "PaymentIntentRetrieveParams", lambda bank, pk, _: (200, bank.retrieve(pk))),
    _route("POST", f"{INTENTS}/ID/confirm", "PaymentIntentConfirmParams", _confirm),
    _route("POST", f"{INTENTS}/ID/capture", "PaymentIntentCaptureParams", lambda bank, pk, p: bank.capture(pk, p)),
    _route("POST", f"{INTENTS}/ID/cancel", "PaymentIntentCancelParams", _cancel),
    _route("GET", "/v1/charges", "ChargeListParams", _list("charges", "payment_intent")),
    _route("GET", "/v1/charges/ID", "ChargeRetrieveParams", _read),
    _route("POST", "/v1/refunds", "RefundCreateParams", lambda bank, _, params: bank.create_refund(params)),
    _route("GET", "/v1/refunds", "RefundListParams", _list("refunds", "charge", "payment_intent")),
    _route("GET", "/v1/refunds/ID", "RefundRetrieveParams", _read),
    _route("GET", "/v1/disputes", "DisputeListParams", _list("disputes", "charge", "payment_intent")),
    _route("GET", "/v1/disputes/ID", "DisputeRetrieveParams", _read),
    _route("POST", "/v1/disputes/ID", "DisputeUpdateParams", lambda bank, pk, params: bank.update_dispute(pk, params)),
    _route("GET", "/v1/events", "EventListParams", lambda bank, _, params: (200, bank.list_events(params))),
    _route("GET", "/v1/events/ID", "EventRetrieveParams", _read),
    _route("GET", "/v1/balance", "BalanceRetrieveParams", lambda bank, _, params: (200, bank.balance())),
    _route(
        "GET",
        "/v1/balance_transactions",
        "BalanceTransactionListParams",
        lambda bank, _, params: (200, bank.list_transactions(params)),
    ),
    _route("GET", "/v1/balance_transactions/ID", "BalanceTransactionRetrieveParams", _read),
    _route("GET", "/v1/payouts", "PayoutListParams", _list("payouts", "status")),
    _route("GET", "/v1/payouts/ID", "PayoutRetrieveParams", _read),
)


def route_of(method: str, path: str) -> tuple[Route, str] | None:
    """Return the route of an address and the id in it."""
    for route in ROUTES:
        if route.method == method and (match := route.pattern.fullmatch(path)):
            return route, match.groupdict().get("id", "")
    return None
