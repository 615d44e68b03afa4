from django.urls import path

from . import confirming, paying, receipts, receiving, refunding, views, withdrawing

app_name = "orders"
urlpatterns = [
    path("find/", views.find, name="find"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/receipt/", receipts.receipt, name="receipt"),
    path("<str:number>/invoice/", receipts.invoice, name="invoice"),
    path("<str:number>/confirm/", confirming.confirm, name="confirm"),
    path("<str:number>/cancel/", views.cancel, name="cancel"),
    path("<str:number>/refunds/<int:pk>/account/", refunding.account, name="refund-account"),
    path("<str:number>/pay/", paying.pay, name="pay"),
    path("<str:number>/pay/start/", paying.start, name="pay-start"),
    path("<str:number>/parcel/", receiving.parcel, name="parcel"),
    path("<str:number>/withdraw/", withdrawing.withdraw, name="withdraw"),
    path("<str:number>/withdraw/confirm/", withdrawing.confirm, name="withdraw-confirm"),
    path("<str:number>/withdrawals/<int:count>/", withdrawing.withdrawal, name="withdrawal"),
    path("<str:number>/withdrawals/<int:count>/keep/", withdrawing.keep, name="withdrawal-keep"),
    path("<str:number>/paid/", paying.paid, name="paid"),
]
