from django.urls import path

from . import paying, receipts, receiving, views

app_name = "orders"
urlpatterns = [
    path("find/", views.find, name="find"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/receipt/", receipts.receipt, name="receipt"),
    path("<str:number>/invoice/", receipts.invoice, name="invoice"),
    path("<str:number>/cancel/", views.cancel, name="cancel"),
    path("<str:number>/pay/", paying.pay, name="pay"),
    path("<str:number>/pay/start/", paying.start, name="pay-start"),
    path("<str:number>/parcel/", receiving.parcel, name="parcel"),
    path("<str:number>/paid/", paying.paid, name="paid"),
]
