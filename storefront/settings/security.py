"""Headers and cookies. All pages have a strict content policy; storefront.office.dashboard.guard relaxes Oscar's."""

from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from .environment import SHOP_ENV, env
from .shop import STRIPE_API_BASE, STRIPE_JS_URL

SECURE = SHOP_ENV == "production"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=SECURE)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "storefront.shop.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def origin(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


STRIPE_ORIGINS = origin(STRIPE_JS_URL)
STRIPE_CONNECT = origin(STRIPE_API_BASE) or ["https://api.stripe.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PAYMENT_PAGE_POLICY = {
    "script-src": STRIPE_ORIGINS,
    "frame-src": STRIPE_ORIGINS if STRIPE_API_BASE else [*STRIPE_ORIGINS, "https://hooks.stripe.com"],
    "connect-src": STRIPE_CONNECT,
}
"""Added to the strict policy on the card page alone (storefront.orders.paying)."""
