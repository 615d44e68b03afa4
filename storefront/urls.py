"""Every address of the shop. Each page app brings its own list; the names are relied on by Oscar and by templates."""

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("storefront.health.urls")),
    path("", include("storefront.shop.static_urls")),
    path("payments/", include("storefront.payments.urls")),
    path("couriers/", include("storefront.couriers.urls")),
    path("d/", include("storefront.driver.urls")),
]
if settings.SHOP_ENV != "production":
    urlpatterns.append(path("", include("storefront.demo.urls")))

urlpatterns += i18n_patterns(
    path("", include("storefront.shop.urls")),
    path("basket/", include("storefront.basket.urls")),
    path("checkout/", include("storefront.checkout.urls")),
    path("join/", include("storefront.joining.urls")),
    path("orders/", include("storefront.orders.urls")),
    path("accounts/", include("storefront.customer.urls")),
    path("portal/", include("storefront.portal.urls")),
    path("office/", include("storefront.office.urls")),
    path("counter/", include("storefront.counter.urls")),
    path("dashboard/", apps.get_app_config("dashboard").urls),
)
handler404 = "storefront.shop.errors.not_found"
handler500 = "storefront.shop.errors.server_error"
handler403 = "storefront.shop.errors.forbidden"
