"""Ways of taking money behind one port (``base``): what every one does, and what only those asked from afar do."""

from functools import partial
from typing import Literal, cast, overload

from django.apps import apps

from .base import AccountProvider, Payment, PaymentProvider, RemoteProvider

REMOTE = ("stripe", "acquirer")
"""Those asked over a network. Of the others our own rows say all there is to know."""


class NoSuchProvider(LookupError):
    """Nobody takes money under this name here."""


class NotRemote(NoSuchProvider):
    """Attempts by this name are paid without asking anyone."""


@overload
def provider_for(name: Literal["stripe"], *, patient: bool = True) -> AccountProvider: ...
@overload
def provider_for(name: str, *, patient: bool = True) -> PaymentProvider: ...
def provider_for(name: str, *, patient: bool = True) -> PaymentProvider:
    """Return the provider an attempt names. ``patient`` asks again by itself when an answer is lost.

    Raises ``NoSuchProvider``, also for an acquirer that the settings do not name.
    """
    from . import acquirer, cash, stripe, transfer

    match name:
        case "stripe":
            return stripe.provider(patient=patient)
        case "acquirer" if acquirer.is_configured():
            return acquirer.provider()
        case "cash":
            return cash.CashProvider(partial(_kept, name))
        case "transfer":
            return transfer.TransferProvider(partial(_kept, name))
    raise NoSuchProvider(name)


def remote_for(name: str, *, patient: bool = True) -> RemoteProvider:
    """Return the provider an attempt names, one whose answers can be lost. Raises ``NotRemote``."""
    if name not in REMOTE:
        raise NotRemote(name)
    return cast(RemoteProvider, provider_for(name, patient=patient))


def _kept(name: str, payment_id: str) -> Payment | None:
    """Read a payment that our own rows are the truth of. Rows stand above gateways, so they are reached by name."""
    attempts = apps.get_model("payment", "PaymentAttempt").objects.select_related("order")
    attempt = attempts.filter(provider=name, idempotency_key=payment_id).first()
    return attempt.as_payment() if attempt else None
