from django.urls import path

from . import complaining, confirming, missing, paying, receipts, receiving, refunding, reminding, views, withdrawing

app_name = "orders"
urlpatterns = [
    path("find/", views.find, name="find"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/receipt/", receipts.receipt, name="receipt"),
    path("<str:number>/invoice/", receipts.invoice, name="invoice"),
    path("<str:number>/credit-notes/<str:note>/", receipts.credit_note, name="credit-note"),
    path("<str:number>/confirm/", confirming.confirm, name="confirm"),
    path("<str:number>/missing/<int:pk>/", missing.missing, name="missing"),
    path("<str:number>/cancel/", views.cancel, name="cancel"),
    path("<str:number>/refunds/<int:pk>/account/", refunding.account, name="refund-account"),
    path("<str:number>/pay/", paying.pay, name="pay"),
    path("<str:number>/pay/start/", paying.start, name="pay-start"),
    path("<str:number>/parcel/", receiving.parcel, name="parcel"),
    path("<str:number>/reminders/", reminding.reminders, name="reminders"),
    path("<str:number>/report/", complaining.report, name="report"),
    path("<str:number>/reports/<int:count>/", complaining.complaint, name="complaint"),
    path("<str:number>/reports/<int:count>/<int:photo>.jpg", complaining.photo, name="complaint-photo"),
    path("<str:number>/withdraw/", withdrawing.withdraw, name="withdraw"),
    path("<str:number>/withdraw/confirm/", withdrawing.confirm, name="withdraw-confirm"),
    path("<str:number>/withdrawals/<int:count>/", withdrawing.withdrawal, name="withdrawal"),
    path("<str:number>/withdrawals/<int:count>/keep/", withdrawing.keep, name="withdrawal-keep"),
    path("<str:number>/paid/", paying.paid, name="paid"),
]
