"""What the shop sells with: Oscar, money, checkout, Stripe."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from oscar import defaults
from oscar.defaults import *

from catalogue.kernel.identifiers import is_ice

from .environment import SHOP_ENV, env, refuse

OSCAR_SHOP_NAME = "Bilad Al Khair"
OSCAR_SHOP_TAGLINE = ""
OSCAR_DEFAULT_CURRENCY = "MAD"
OSCAR_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Bilad Al Khair <shop@biladalkhair.example>")
OSCAR_REQUIRED_ADDRESS_FIELDS = ("last_name", "line1", "country")
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_ALLOW_GUEST_CHECKOUT_WITH_ACCOUNT = True
OSCAR_MODERATE_REVIEWS = True
OSCAR_EAGER_ALERTS = False
OSCAR_SEND_REGISTRATION_EMAIL = False
OSCAR_DELETE_IMAGE_FILES = False
OSCAR_PRODUCTS_PER_PAGE = 24
OSCAR_BASKET_COOKIE_LIFETIME = 14 * 24 * 3600
OSCAR_BASKET_COOKIE_SECURE = SHOP_ENV == "production"
OSCAR_RECENTLY_VIEWED_COOKIE_SECURE = SHOP_ENV == "production"
OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = 500
OSCAR_CATALOGUE_USE_POSTGRES_MATERIALISED_VIEWS = False
OSCAR_HIDDEN_FEATURES = ["reviews"]
OSCAR_INITIAL_ORDER_STATUS = "PENDING_PAYMENT"
OSCAR_ORDER_STATUS_PIPELINE: dict[str, tuple[str, ...]] = {}  # orders move by fulfilment.orders.operations alone
OSCAR_LINE_STATUS_PIPELINE: dict[str, tuple[str, ...]] = {}
KNOWING_ONE_CURRENCY = {
    *("dashboard:order-stats", "dashboard:reports-index", "dashboard:shipping-method-list"),
    *("dashboard:offer-list", "dashboard:voucher-list", "dashboard:voucher-set-list", "dashboard:range-list"),
}
OSCAR_DASHBOARD_NAVIGATION: list[dict[str, Any]] = [
    item | {"children": kept} if "children" in item else item
    for item in defaults.OSCAR_DASHBOARD_NAVIGATION
    if item.get("url_name") not in KNOWING_ONE_CURRENCY
    and (
        (kept := [child for child in item.get("children", []) if child["url_name"] not in KNOWING_ONE_CURRENCY])
        or "children" not in item
    )
]
# Oscar will not start without one; the shop's search is catalogue.search, and nothing ever asks this.
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
PHONENUMBER_DEFAULT_REGION = "MA"

SHOP_PHONE = env.str("SHOP_PHONE", default="" if SHOP_ENV == "production" else "+212522000000")
"""The number that pages name when something needs a person; none is named while it is empty."""

COMPLAINT_DAYS = env.int("COMPLAINT_DAYS", default=14)
"""So many days after a delivery its buyer may report on the order's page what is missing or broken."""

SHOP_RETURN_ADDRESS = env.str("SHOP_RETURN_ADDRESS", default="Bilad Al Khair, Casablanca")
"""Where buyers send goods back to, in one line."""

CURRENCIES = ("MAD", "EUR", "USD")
HOME_COUNTRY = "MA"
CURRENCY_COOKIE, DESTINATION_COOKIE = "currency", "destination"
DELIVERY_VAT_CLASS = "N20"
"""The class of VAT that carriage falls under; its dated rows say the rate within a delivery's price."""

PAYMENT_WINDOW_MINUTES = 30
"""How long an unpaid order holds its stock before it is cancelled at the provider and released."""

SHORTAGE_ANSWER_HOURS = env.int("SHORTAGE_ANSWER_HOURS", default=24)
"""How long a buyer may say what to do when something is missing; then the rest is sent."""

CASH_ROUNDING_MAD = Decimal(env.str("CASH_ROUNDING_MAD", default="0.50"))
"""A total paid at the door is rounded down to a multiple of this: 0.50, 1.00, or 0 for not at all."""

if CASH_ROUNDING_MAD not in (0, Decimal("0.50"), 1):
    raise ImproperlyConfigured("CASH_ROUNDING_MAD is 0, 0.50 or 1.")

COD_CONFIRMATION = env.str("COD_CONFIRMATION", default="link" if SHOP_ENV != "test" else "automatic")
refuse(
    COD_CONFIRMATION not in {"automatic", "link", "phone"},
    f"COD_CONFIRMATION is {COD_CONFIRMATION!r}: say automatic, link or phone.",
)
"""How an order paid at the door is confirmed before anything is prepared: at once, by a signed link in a message (a
call follows when nobody uses it), or by a call of the desk."""
COD_CONFIRM_WHICH = env.str("COD_CONFIRM_WHICH", default="doubtful")
"""``all`` asks for every such order; ``doubtful`` only where the next settings, or an earlier refusal, say so."""
COD_DOUBTFUL_ABOVE_MAD = Decimal(env.str("COD_DOUBTFUL_ABOVE_MAD", default="2000"))
COD_DOUBTFUL_FIRST_ORDER = env.bool("COD_DOUBTFUL_FIRST_ORDER", default=False)
COD_REMIND_HOURS, COD_LINK_HOURS, COD_GIVE_UP_DAYS = 6, 24, 3
"""After so long without a yes: a reminder, the desk's list of calls, the end of the order."""
COD_REFUSALS = env.int("COD_REFUSALS", default=2)
COD_REFUSALS_DAYS = 365
"""So many refusals in a row within so many days, and a number pays in cash no more until the office allows it."""

SELLER = {
    "name": env.str("SELLER_NAME", default="Bilad Al Khair (démonstration)"),
    "address": env.str("SELLER_ADDRESS", default="Adresse fictive, 10000 Rabat, Maroc"),
    "ice": env.str("SELLER_ICE", default="999000000000005"),
    "tax_id": env.str("SELLER_TAX_ID", default="99900001"),
    "business_tax": env.str("SELLER_BUSINESS_TAX", default="99900002"),
    "trade_register": env.str("SELLER_TRADE_REGISTER", default="99903"),
    "cnss": env.str("SELLER_CNSS", default="9990004"),
    "note": env.str("SELLER_NOTE", default="Document de démonstration, sans valeur"),
}
"""Who invoices: what the tax code (article 145) wants to read on each invoice. The demonstration's is invented."""

refuse(
    SELLER["ice"].startswith("999") or not is_ice(SELLER["ice"]),
    "Production invoices in a real name: SELLER_NAME, SELLER_ADDRESS, SELLER_ICE (15 digits), SELLER_TAX_ID …",
)
PARCEL_URL = "fulfilment.rounds.links.parcel_url"
"""What gives a parcel's address for its driver, by its dotted name: the QR of the label opens it. Without one the QR
holds the parcel's reference."""

REFUND_ALONE_UP_TO = {"MAD": Decimal(1000), "EUR": Decimal(100), "USD": Decimal(100)}
"""What one person of the office may give back of an order; above it a second one decides
(docs/decisions/refunds-take-back-the-exact-share.md)."""

STAND_IN = SHOP_ENV != "production" and not env.str("STRIPE_SECRET_KEY", default="")
"""Without a key the shop talks to the demonstration bank, on the next port of this machine."""

STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="http://127.0.0.1:8001" if STAND_IN else "")
STRIPE_JS_URL = env.str(
    "STRIPE_JS_URL", default=f"{STRIPE_API_BASE}/v3/" if STRIPE_API_BASE else "https://js.stripe.com/v3/"
)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="sk_test_demonstration" if STAND_IN else "")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="pk_test_demonstration" if STAND_IN else "")
STRIPE_WEBHOOK_SECRETS = [
    secret.strip()
    for secret in env.str("STRIPE_WEBHOOK_SECRET", default="whsec_demonstration" if STAND_IN else "").split(",")
    if secret.strip()
]
"""Two while the old one is being replaced by a new one: ``whsec_new,whsec_old``."""

STRIPE_LIVE = SHOP_ENV == "production"
"""Whether events of real money are taken: those of the other kind are refused."""

refuse(not STRIPE_SECRET_KEY.startswith("sk_live_"), "Production needs a live STRIPE_SECRET_KEY (sk_live_…).")
refuse(not STRIPE_PUBLISHABLE_KEY.startswith("pk_live_"), "Production needs a live STRIPE_PUBLISHABLE_KEY (pk_live_…).")
refuse(bool(STRIPE_API_BASE), "Production talks to Stripe itself: unset STRIPE_API_BASE.")
refuse(
    not STRIPE_JS_URL.startswith("https://js.stripe.com/"),
    "Production takes Stripe's own card field: unset STRIPE_JS_URL (https://js.stripe.com/…).",
)
refuse(bool(STRIPE_API_BASE), "Production talks to Stripe itself: unset STRIPE_API_BASE.")

BAM_API_KEY = env.str("BAM_API_KEY", default="")
"""Our subscription to Bank Al-Maghrib's rates; without one, rates are typed or loaded."""

BAM_API_BASE = env.str("BAM_API_BASE", default="https://api.centralbankofmorocco.ma/cours/Version1/api")
refuse(not BAM_API_BASE.startswith("https://"), "Production asks the bank over TLS: BAM_API_BASE is https://….")
refuse(
    not STRIPE_WEBHOOK_SECRETS or not all(secret.startswith("whsec_") for secret in STRIPE_WEBHOOK_SECRETS),
    "Production needs STRIPE_WEBHOOK_SECRET, the webhook's own (whsec_…); two, with a comma, while it changes.",
)
for name, value, kind in (
    ("STRIPE_SECRET_KEY", STRIPE_SECRET_KEY, "sk_test_"),
    ("STRIPE_PUBLISHABLE_KEY", STRIPE_PUBLISHABLE_KEY, "pk_test_"),
):
    if SHOP_ENV != "production" and not value.startswith(kind):
        raise ImproperlyConfigured(f"SHOP_ENV is {SHOP_ENV}: {name} must be a test key ({kind}…); no real money here.")
if len(STRIPE_WEBHOOK_SECRETS) > 2:
    raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRET holds more than two secrets: the new one and the old one.")

COLLECT_KEPT_DAYS = env.int("COLLECT_KEPT_DAYS", default=5)
"""On how many days of opening a shop keeps an order that is ready, the day after it was ready being the first."""

COLLECT_READY_MINUTES = env.int("COLLECT_READY_MINUTES", default=60)
"""How many minutes of opening hours a shop takes to make an order ready: what is promised before it is placed."""

COLLECT_CASH_UP_TO_MAD = Decimal(env.str("COLLECT_CASH_UP_TO_MAD", default="5000"))
"""The most cash that a shop takes for one order."""

CLOSING_PROOF_DAYS = env.int("CLOSING_PROOF_DAYS", default=30)
"""So many days after it left, an export without proof of exit is someone's work and holds the month's signature."""

CLOSING_CASH_DAYS = env.int("CLOSING_CASH_DAYS", default=15)
"""Cash that a courier keeps for longer than this at a month's end is named on the month's list."""

MATCH_DAYS = env.int("MATCH_DAYS", default=35)
"""The nightly match looks at orders to which anything happened in so many days, and at what is open."""

MATCH_DELAY_HOURS = env.int("MATCH_DELAY_HOURS", default=2)
"""What is younger than this may still be on its way through a job, and is no difference yet."""
