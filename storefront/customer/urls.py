"""Accounts: allauth's pages, ours, and the names Oscar knows them by."""

from django.urls import URLPattern, include, path
from django.views.generic import RedirectView

from .addresses import views as addresses
from .views import account, passwords


def _goes_to(name: str) -> object:
    return RedirectView.as_view(pattern_name=name, query_string=True)


HIDDEN: list[tuple[str, str]] = [
    ("emails/", "email-list"),
    ("emails/<int:email_id>/", "email-detail"),
    ("notifications/inbox/", "notifications-inbox"),
    ("notifications/archive/", "notifications-archive"),
    ("notifications/update/", "notifications-update"),
    ("notifications/<int:pk>/", "notifications-detail"),
    ("alerts/", "alerts-list"),
    ("alerts/create/<int:pk>/", "alert-create"),
    ("alerts/confirm/<str:key>/", "alerts-confirm"),
    ("alerts/cancel/key/<str:key>/", "alerts-cancel-by-key"),
    ("alerts/cancel/<int:pk>/", "alerts-cancel-by-pk"),
    ("wishlists/", "wishlists-list"),
    ("wishlists/create/", "wishlists-create"),
    ("wishlists/create/with-product/<int:product_pk>/", "wishlists-create-with-product"),
    ("wishlists/add/<int:product_pk>/", "wishlists-add-product"),
    ("wishlists/<str:key>/", "wishlists-detail"),
    ("wishlists/<str:key>/update/", "wishlists-update"),
    ("wishlists/<str:key>/delete/", "wishlists-delete"),
    ("wishlists/<str:key>/lines/<int:line_pk>/delete/", "wishlists-remove-product"),
    ("wishlists/<str:key>/lines/<int:line_pk>/move-to/<str:to_key>/", "wishlists-move-product-to-another"),
]

customer: list[URLPattern] = [
    path("", account.home, name="summary"),
    path("orders/", account.orders, name="order-list"),
    path("orders/<str:order_number>/", account.order, name="order"),
    path("orders/<str:order_number>/<int:line_id>/", account.order, name="order-line"),
    path("addresses/", addresses.book, name="address-list"),
    path("addresses/add/", addresses.create, name="address-create"),
    path("addresses/<int:pk>/", addresses.change, name="address-detail"),
    path("addresses/<int:pk>/delete/", addresses.delete, name="address-delete"),
    path("addresses/<int:pk>/<slug:action>/", addresses.make_default, name="address-change-status"),
    path("profile/", _goes_to("customer:profile-update"), name="profile-view"),
    path("profile/edit/", account.profile, name="profile-update"),
    path("profile/delete/", account.close, name="profile-delete"),
    path("order-status/", _goes_to("orders:find"), name="anon-order-form"),
    path("order-status/<str:order_number>/<str:hash>/", account.find_order, name="anon-order"),
    path("sign-in/", _goes_to("account_login"), name="login"),
    path("sign-out/", _goes_to("account_logout"), name="logout"),
    path("register/", _goes_to("account_signup"), name="register"),
    path("change-password/", _goes_to("account_change_password"), name="change-password"),
    *(path(route, account.hidden, name=name) for route, name in HIDDEN),
]

urlpatterns = [
    path("password/reset/", passwords.PasswordResetView.as_view(), name="account_reset_password"),
    path("password/new/", passwords.NewPasswordView.as_view(), name="account_new_password"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("", include((customer, "customer"))),
]
