"""The seal on what a checkout page showed: fingerprints, signed, so that placing knows what was agreed to."""

from collections.abc import Iterable

from django.core.signing import BadSignature, Signer

from fulfilment.orders.policies import Quote
from fulfilment.shipping.policies import Delivery

SALT = "storefront.checkout"


def seal(basket_id: int, quote: Quote, delivery: Delivery | None, method: str, methods: Iterable[str]) -> str:
    """Sign a fingerprint for each sum the page shows.

    Those are each way to send the basket at the chosen way to pay, and each way to pay at the chosen delivery.
    """
    shown = [(way, method) for way in quote.deliveries] + [(delivery, other) for other in methods if delivery]
    prints = dict.fromkeys(quote.fingerprint(way, paid_by) for way, paid_by in shown)
    return Signer(salt=SALT).sign(":".join([str(basket_id), *prints]).replace(":", "."))


def unseal(sealed: str) -> tuple[int, tuple[str, ...]]:
    """Return the basket and the fingerprints that a page carried; nothing of a seal that is not ours."""
    try:
        basket_id, *prints = Signer(salt=SALT).unsign(sealed).split(".")
    except BadSignature:
        return 0, ()
    return (int(basket_id), tuple(prints)) if basket_id.isdigit() else (0, ())


def first_known(wanted: str, offered: Iterable[str]) -> str:
    """Return the wanted choice if it is offered, else the first one, else nothing."""
    choices = list(offered)
    return wanted if wanted in choices else (choices[0] if choices else "")
