from django.urls import path

from . import acquirer, views

app_name = "payments"
urlpatterns = [
    path("stripe/webhook", views.stripe_webhook, name="stripe-webhook"),
    path("acquirer/callback", acquirer.callback, name="acquirer-callback"),
]
