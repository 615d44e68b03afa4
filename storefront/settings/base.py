"""Apps, middleware, templates, static files."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .environment import BASE_DIR, DATA_DIR, SHOP_ENV, env, refuse

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.flatpages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    # Ours, bottom to top
    "catalogue.kernel",
    "catalogue.people",
    "catalogue.places.apps.PlacesConfig",
    "catalogue.products.apps.ProductsConfig",
    "catalogue.products.reviews.apps.ReviewsConfig",
    "catalogue.cooperatives.apps.CooperativesConfig",
    "catalogue.banking",
    "catalogue.pricing",
    "catalogue.lots",
    "catalogue.joining",
    "catalogue.receiving",
    "catalogue.shops",
    "catalogue.search.apps.SearchConfig",
    "fulfilment.jobs",
    "fulfilment.ledger",
    "fulfilment.shipping.apps.ShippingConfig",
    "fulfilment.orders.apps.OrdersConfig",
    "fulfilment.payments.apps.PaymentsConfig",
    "fulfilment.invoices",
    "fulfilment.warehouse",
    "fulfilment.customs",
    "fulfilment.complaints",
    "fulfilment.recalls",
    "fulfilment.tracking",
    "fulfilment.papers",
    "fulfilment.rounds",
    "fulfilment.collecting",
    "fulfilment.payouts",
    "fulfilment.questions",
    "fulfilment.matching",
    "fulfilment.closing",
    "fulfilment.reports",
    "storefront.shop.apps.OscarConfig",
    "storefront.shop.apps.ShopConfig",
    "storefront.customer.apps.CustomerConfig",
    "storefront.offers.apps.OffersConfig",
    "storefront.vouchers.apps.VouchersConfig",
    "storefront.wishlists.apps.WishlistsConfig",
    "storefront.notifications.apps.NotificationsConfig",
    "storefront.analytics.apps.AnalyticsConfig",
    "storefront.basket.apps.BasketConfig",
    "storefront.checkout.apps.CheckoutConfig",
    "storefront.orders",
    "storefront.portal",
    "storefront.driver",
    "storefront.office",
    "storefront.counter",
    "storefront.office.dashboard.apps.DashboardConfig",
    "storefront.health",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    # What they stand on
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_structlog",
    "widget_tweaks",
    "treebeard",
    "sorl.thumbnail",
    "django_tables2",
]
if SHOP_ENV != "production":
    INSTALLED_APPS.append("storefront.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "storefront.health.middleware.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "storefront.shop.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "storefront.customer.middleware.LimitsMiddleware",
    "storefront.customer.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "storefront.shop.middleware.ShoppingMiddleware",
    "storefront.basket.middleware.BasketMiddleware",
    "storefront.shop.middleware.NulMiddleware",
]

ROOT_URLCONF = "storefront.urls"
WSGI_APPLICATION = "storefront.wsgi.application"
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "libraries": {"currency_filters": "storefront.office.dashboard.money"},  # instead of Oscar's
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["storefront.shop.loaders.TightLoader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "storefront.shop.context_processors.shop",
                "oscar.core.context_processors.metadata",
            ],
        },
    }
]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "storefront" / "static"]
if (DATA_DIR / "built-static").is_dir():
    STATICFILES_DIRS.insert(0, DATA_DIR / "built-static")  # fonts and their stylesheet, by build_fonts
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if SHOP_ENV == "test"
        else "storefront.shop.staticfiles.StaticFiles"
    },
}
WHITENOISE_USE_FINDERS = SHOP_ENV == "test"

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
refuse("testserver" in ALLOWED_HOSTS, "Production needs ALLOWED_HOSTS.")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
"""What Prometheus sends as bearer to read /metrics; without one, production shows it to nobody."""
BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
"""The one address put in messages; never taken from a request's Host header."""
refuse(not BASE_URL.startswith("https://"), "Production needs BASE_URL, the shop's address: https://…")

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]", "testserver"}
OPEN_NAMES = sorted({urlsplit(BASE_URL).hostname or "", *ALLOWED_HOSTS} - LOOPBACK)
if SHOP_ENV == "demo" and OPEN_NAMES and not env.bool("DEMO_PUBLIC", default=False):
    raise ImproperlyConfigured(
        f"This is the demonstration, whose passwords anyone may read, and it would answer as {', '.join(OPEN_NAMES)}: "
        "say SHOP_ENV=production for a shop, or DEMO_PUBLIC=1 if you mean it."
    )
