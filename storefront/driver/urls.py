"""A driver's addresses. They carry no language: a label is printed once, for whoever scans it."""

from django.urls import path

from .views import offline, parcels, signing_in

app_name = "driver"
urlpatterns = [
    path("", parcels.todays_round, name="round"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("me/", signing_in.me, name="me"),
    path("worker.js", offline.worker, name="worker"),
    path("<str:token>/", parcels.parcel, name="parcel"),
    path("<str:token>/report/", parcels.report, name="report"),
]
