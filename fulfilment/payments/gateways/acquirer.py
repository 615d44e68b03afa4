"""A Moroccan acquirer with a page of its own: a signed form sends the buyer there, a signed callback tells the end.

Written from what such acquirers say in public, tried against a fake of ours alone. The names of fields, the signature
and the words of the answers are ours: each is set right by the acquirer's contract, here and nowhere else
(docs/decisions/an-acquirer-is-prepared.md).
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from catalogue.kernel.money import MAD, ZERO, quantize

from . import acquirer_http
from .acquirer_signing import signature_fits, signed
from .base import Charge, GiveBack, GivenBack, NoSuchPayment, Payment, ProviderRefused, ProviderUnavailable

DIRHAM = "504"
"""ISO 4217 numeric: acquirers say currencies in digits."""

FRESH_SECONDS = 300
APPROVED, DECLINED = "approved", "declined"
STATES = {
    "started": "STARTED",
    APPROVED: "SUCCEEDED",
    DECLINED: "FAILED",
    "held": "AUTHORISED",
    "cancelled": "CANCELLED",
}
REFUND_STATES = {"accepted": "PENDING", "done": "SUCCEEDED", "failed": "FAILED"}


class BadCallback(Exception):
    """Not to be believed, or not for this shop. ``reason`` is one word, for counting."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Callback:
    """What a callback that can be believed said. A hint: what was paid is asked."""

    transaction: str
    payment_id: str
    result: str


def is_configured() -> bool:
    return all(settings.ACQUIRER.values())


def provider() -> "AcquirerProvider":
    names = settings.ACQUIRER
    return AcquirerProvider(names["MERCHANT"], names["KEY"], names["PAGE_URL"], names["API_URL"])


class AcquirerProvider:
    """A payment goes by our own key. Nothing exists at the acquirer before the buyer's browser gets there."""

    def __init__(self, merchant: str, key: str, page_url: str, api_url: str) -> None:
        self.merchant, self.page_url, self.api_url = merchant, page_url, api_url
        self._key = key

    def start(self, charge: Charge) -> Payment:
        """Ask nobody: the form that ``form_for`` builds is what starts it. Raises ``ProviderRefused``."""
        if charge.currency != MAD:
            raise ProviderRefused(f"the acquirer takes dirhams, not {charge.currency}")
        return charge.as_started()

    def form_for(self, charge: Charge, *, return_url: str, callback_url: str, until: datetime) -> dict[str, str]:
        """Return the fields that the buyer's browser posts to ``page_url``. ``until``: the page refuses it later."""
        self.start(charge)
        fields = {
            "merchant": self.merchant,
            "payment": charge.key,
            "order": charge.order_number,
            "attempt": str(charge.attempt),
            "amount": f"{charge.amount:.2f}",
            "currency": DIRHAM,
            "return_url": return_url,
            "callback_url": callback_url,
            "until": str(int(until.timestamp())),
            "nonce": secrets.token_hex(16),
        }
        return signed(fields, self._key)

    def read_callback(self, raw: bytes, *, now: datetime) -> Callback:
        """Believe what our shared key signed within five minutes for this merchant. Raises ``BadCallback``."""
        fields = _fields_of(raw)
        if not signature_fits(fields, self._key):
            raise BadCallback("signature")
        if fields.get("merchant") != self.merchant:
            raise BadCallback("merchant")
        sent, payment_id, transaction = (fields.get(name, "") for name in ("sent_at", "payment", "transaction"))
        if not (sent.isascii() and sent.isdigit() and payment_id and 0 < len(transaction) <= 64):
            raise BadCallback("payload")
        if abs(now.timestamp() - int(sent)) > FRESH_SECONDS:
            raise BadCallback("stale")
        return Callback(transaction, payment_id[:120], fields.get("result", "")[:20])

    def settle(self, payment_id: str) -> Payment:
        """Ask. What the acquirer never heard of is a buyer who has not come to its page, and may yet."""
        try:
            return self._payment(self._ask("status", payment_id))
        except NoSuchPayment:
            return Payment(payment_id, "STARTED", ZERO, MAD, ZERO)

    def find(self, charge: Charge, since: datetime) -> Payment | None:
        """Ask for it by our key: no search is needed where the key is ours."""
        try:
            return self._payment(self._ask("status", charge.key))
        except NoSuchPayment:
            return None

    def capture(self, payment_id: str, amount: Decimal | None = None) -> Payment:
        more = {"amount": f"{amount:.2f}"} if amount is not None else {}
        return self._payment(self._ask("capture", payment_id, **more))

    def cancel(self, payment_id: str) -> Payment:
        """Cancel. Where nothing came to be, the form's own ``until`` keeps it from being used much later."""
        try:
            return self._payment(self._ask("cancel", payment_id))
        except NoSuchPayment:
            return Payment(payment_id, "CANCELLED", ZERO, MAD, ZERO)

    def refund(self, asked: GiveBack) -> GivenBack:
        more = {"key": asked.key, "amount": f"{asked.amount:.2f}", "refund": str(asked.refund)}
        return _given_back(self._ask("refund", asked.payment_id, **more), asked.order_number)

    def find_refund(self, refund_id: str) -> GivenBack:
        return _given_back(self._ask("find_refund", refund_id), "")

    def _ask(self, operation: str, payment_id: str, **more: str) -> dict[str, Any]:
        """Ask the acquirer's service; what it answers comes over its own TLS. Raises the errors of the port."""
        asked = {
            "merchant": self.merchant,
            "operation": operation,
            "payment": payment_id,
            "nonce": secrets.token_hex(16),
            "sent_at": str(int(datetime.now(UTC).timestamp())),
            **more,
        }
        status, body = acquirer_http.post(self.api_url, signed(asked, self._key))
        if status >= 500 or status == 429:
            raise ProviderUnavailable(f"the acquirer answered {status}")
        answer = _parsed(body)
        if status == 404:
            raise NoSuchPayment(payment_id)
        if status != 200:
            raise ProviderRefused(str(answer.get("error", status))[:200])
        return answer

    def _payment(self, answer: Mapping[str, Any]) -> Payment:
        if answer.get("merchant") != self.merchant or answer.get("currency") != DIRHAM:
            raise ProviderRefused("the acquirer spoke of another merchant or currency")
        result = str(answer.get("result", ""))
        return Payment(
            id=str(answer.get("payment", "")),
            state=STATES.get(result, "PROCESSING"),
            amount=_amount(answer.get("amount")),
            currency=MAD,
            received=_amount(answer.get("received")),
            error=str(answer.get("reason", ""))[:300] if result == DECLINED else "",
            metadata={"order_number": str(answer.get("order", "")), "attempt": str(answer.get("attempt", ""))},
            charge_id=str(answer.get("transaction", "")),
        )


def _given_back(answer: Mapping[str, Any], order_number: str) -> GivenBack:
    return GivenBack(
        id=str(answer.get("refund_id", "")),
        state=REFUND_STATES.get(str(answer.get("result", "")), "PENDING"),
        amount=_amount(answer.get("amount")),
        currency=MAD,
        payment_id=str(answer.get("payment", "")),
        error=str(answer.get("reason", ""))[:300],
        metadata={"order_number": order_number, "refund": str(answer.get("refund", ""))},
    )


def _fields_of(raw: bytes) -> dict[str, str]:
    """Read a posted form; a name that comes twice could be signed as one and read as the other."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=50)
    except ValueError:
        raise BadCallback("payload") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadCallback("payload")
    return fields


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        raise ProviderUnavailable("the acquirer answered something that is no JSON") from None
    if not isinstance(answer, dict):
        raise ProviderUnavailable("the acquirer answered JSON that is no object")
    return answer


def _amount(written: Any) -> Decimal:
    """Read an amount that is written as text with two places; anything else is not guessed at."""
    try:
        amount = Decimal(written) if isinstance(written, str) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount != quantize(amount):
        raise ProviderRefused(f"the acquirer named the amount {written!r}")
    return quantize(amount)
