"""Addresses that stand under a language."""

from django.urls import include, path, re_path

from .views import cooperatives, home, lists, paid, preferences, prices, product, shops, tracing

catalogue = [
    path("", lists.index, name="index"),
    re_path(r"^category/(?P<category_slug>[\w-]+(/[\w-]+)*)_(?P<pk>[0-9]{1,12})/$", lists.category, name="category"),
    re_path(r"^(?P<product_slug>[\w-]*)_(?P<pk>[0-9]{1,12})/$", product.detail, name="detail"),
]
search = [path("", lists.search, name="search")]
stores = [path("", shops.locator, name="index"), path("<slug:code>/", shops.shop, name="shop")]
shop = [
    path("regions/", cooperatives.all_regions, name="regions"),
    path("regions/<slug:slug>/", lists.region, name="region"),
    path("cooperatives/", cooperatives.directory, name="cooperatives"),
    path("cooperatives/<slug:slug>/", cooperatives.cooperative, name="cooperative"),
    path("prices/", prices.prices, name="prices"),
    path("paid/", paid.paid, name="paid"),
    path("preferences/", preferences.preferences, name="preferences"),
]
urlpatterns = [
    path("", home.home, name="home"),
    path("catalogue/", include((catalogue, "catalogue"))),
    path("search/", include((search, "search"))),
    path("shops/", include((stores, "shops"))),
    path("trace/<path:number>/", tracing.trace, name="trace"),
    path("", include((shop, "shop"))),
]
