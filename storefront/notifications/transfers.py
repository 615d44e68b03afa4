"""Where a transfer goes, as rows of a letter and as an SMS says it."""

from django.utils.translation import gettext

from catalogue.kernel import formats
from fulfilment.orders.models import Order
from fulfilment.orders.transfers import account_in

TOLD = ("placed_by_transfer", "transfer_reminder")
"""Letters that say where the money goes."""


def transfer_rows(order: Order) -> list[tuple[str, str]]:
    """Return what a bank asks for, in the language of the letter; nothing of an order that has no account any more."""
    account = account_in(order.currency)
    if account is None or order.reserved_until is None:
        return []
    rows = [
        (gettext("Account holder"), account.holder),
        (gettext("Bank"), account.bank),
        (gettext("IBAN"), account.iban_in_groups),
        (gettext("RIB"), account.rib),
        (gettext("BIC"), account.bic),
        (gettext("Amount"), formats.money(order.total_incl_tax, order.currency, order.language)),
        (gettext("Reference to write"), order.number),
        (gettext("Until"), formats.moment(order.reserved_until, order.language)),
    ]
    return [(label, value) for label, value in rows if value]


def transfer_facts(order: Order) -> dict[str, str]:
    """Return what the sentences of such letters name."""
    account, until = account_in(order.currency), order.reserved_until
    return {
        "iban": account.iban if account else "",
        "until": formats.moment(until, order.language) if until else "",
        "day": formats.short_day(until, order.language) if until else "",
    }
