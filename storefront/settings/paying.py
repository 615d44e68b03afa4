"""Ways to pay other than a card at Stripe: bank transfer to the office's accounts, and an acquirer in Morocco."""

from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured

from catalogue.kernel.identifiers import is_iban

from .environment import SHOP_ENV, env, refuse

FICTIONAL_BANK = "MA64999"
"""So begins the IBAN of an account that does not exist: no bank of Morocco has the code 999."""

_FICTIONAL = {
    "MAD": "Demonstration bank (fictional); Bilad Al Khair (fictional); MA64999999000000000000202647; DEMOMAM0",
    "EUR": "Demonstration bank (fictional); Bilad Al Khair (fictional); MA64999999000000000000202744; DEMOMAM0",
    "USD": "Demonstration bank (fictional); Bilad Al Khair (fictional); MA64999999000000000000202841; DEMOMAM0",
}
_WRITTEN = {
    currency: env.str(f"TRANSFER_ACCOUNT_{currency}", default="" if SHOP_ENV == "production" else example)
    for currency, example in _FICTIONAL.items()
}
TRANSFER_ACCOUNTS = {
    currency: tuple(part.strip() for part in written.split(";")) for currency, written in _WRITTEN.items() if written
}
"""The office's account in each currency: bank, holder, IBAN, BIC. A currency without one is not paid by transfer."""

for _currency, _account in TRANSFER_ACCOUNTS.items():
    if len(_account) != 4 or not all(_account):
        raise ImproperlyConfigured(f"TRANSFER_ACCOUNT_{_currency} reads: bank; holder; IBAN; BIC.")
    if not is_iban(_account[2]):
        raise ImproperlyConfigured(f"TRANSFER_ACCOUNT_{_currency}: the check digits of its IBAN are wrong.")
    refuse(
        _account[2].startswith(FICTIONAL_BANK),
        f"TRANSFER_ACCOUNT_{_currency} is the demonstration's, which does not exist.",
    )

_PAID_FROM = env.str("PAYOUT_ACCOUNT", default=_WRITTEN["MAD"])
PAYOUT_ACCOUNT = tuple(part.strip() for part in _PAID_FROM.split(";")) if _PAID_FROM else None
"""The office's account that cooperatives are paid from: bank, holder, IBAN, BIC. Unless set, the one for dirhams."""

if PAYOUT_ACCOUNT is not None and (len(PAYOUT_ACCOUNT) != 4 or not is_iban(PAYOUT_ACCOUNT[2])):
    raise ImproperlyConfigured("PAYOUT_ACCOUNT reads: bank; holder; IBAN; BIC. Look at its check digits.")

PAYOUT_PAIN_VERSION = env.str("PAYOUT_PAIN_VERSION", default="09")
"""The version of pain.001 that the bank takes."""

if PAYOUT_PAIN_VERSION not in ("03", "09"):
    raise ImproperlyConfigured("PAYOUT_PAIN_VERSION is 03 or 09.")

TRANSFER_FROM = {
    "MAD": Decimal(env.str("TRANSFER_FROM_MAD", default="500")),
    "EUR": Decimal(env.str("TRANSFER_FROM_EUR", default="50")),
    "USD": Decimal(env.str("TRANSFER_FROM_USD", default="50")),
}
"""The least that may be paid by transfer: a person reads each line of the bank's statement."""

TRANSFER_DAYS = env.int("TRANSFER_DAYS", default=5)
"""Working days for which an order waits for its transfer, its goods held, until noon of the last."""

TRANSFER_REMINDER_DAYS = env.int("TRANSFER_REMINDER_DAYS", default=1)
"""Working days before the end on which the buyer is reminded."""

if not 1 <= TRANSFER_REMINDER_DAYS < TRANSFER_DAYS <= 30:
    raise ImproperlyConfigured("TRANSFER_DAYS is at most 30, TRANSFER_REMINDER_DAYS at least 1 and less than it.")

ACQUIRER = {name: env.str(f"ACQUIRER_{name}", default="") for name in ("MERCHANT", "KEY", "PAGE_URL", "API_URL")}
"""A Moroccan acquirer with a page of its own: our number there, the shared key, its page and its service."""

if any(ACQUIRER.values()) and not all(ACQUIRER.values()):
    raise ImproperlyConfigured(
        "Set all of ACQUIRER_MERCHANT, ACQUIRER_KEY, ACQUIRER_PAGE_URL, ACQUIRER_API_URL, or none."
    )
if any(ACQUIRER.values()):
    refuse(len(ACQUIRER["KEY"]) < 32, "Production needs an ACQUIRER_KEY of at least 32 signs.")
    refuse(
        not all(ACQUIRER[name].startswith("https://") for name in ("PAGE_URL", "API_URL")),
        "Production talks to the acquirer over TLS: ACQUIRER_PAGE_URL and ACQUIRER_API_URL are https://….",
    )
