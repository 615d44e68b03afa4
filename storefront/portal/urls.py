from django.urls import path

from .views import account, advances, deliveries, home, mandates, money, parcels, questions, reports, stock

app_name = "portal"
urlpatterns = [
    path("", home.choose, name="home"),
    path("<slug:slug>/", home.home, name="desk"),
    path("<slug:slug>/stock/", stock.products, name="stock"),
    path("<slug:slug>/stock/<int:pk>/", stock.count, name="count"),
    path("<slug:slug>/deliveries/", deliveries.deliveries, name="deliveries"),
    path("<slug:slug>/deliveries/announce/", deliveries.announce, name="announce"),
    path("<slug:slug>/deliveries/<int:pk>/call-off/", deliveries.call_off, name="call-off-delivery"),
    path("<slug:slug>/wanted/<int:pk>/cannot/", deliveries.cannot, name="cannot"),
    path("<slug:slug>/where/", deliveries.where, name="where"),
    path("<slug:slug>/parcels/", parcels.parcels, name="parcels"),
    path("<slug:slug>/parcels/<str:reference>/", parcels.parcel, name="parcel"),
    path("<slug:slug>/reports/", reports.reports, name="reports"),
    path("<slug:slug>/parcels/<str:reference>/<slug:kind>.pdf", parcels.paper, name="parcel-paper"),
    path("<slug:slug>/money/", money.money, name="money"),
    path("<slug:slug>/money/lines/<int:pk>/", questions.line, name="money-line"),
    path("<slug:slug>/money/advances/", advances.advances, name="advances"),
    path("<slug:slug>/money/advances/<int:pk>/withdraw/", advances.withdraw, name="withdraw-advance"),
    path("<slug:slug>/money/for-members/", mandates.received, name="received"),
    path("<slug:slug>/money/<str:reference>/", money.payout, name="payout"),
    path("<slug:slug>/money/<str:reference>/statement.xlsx", money.workbook, name="statement-xlsx"),
    path("<slug:slug>/money/<str:reference>/statement-<slug:language>.pdf", money.paper, name="statement-pdf"),
    path("<slug:slug>/account/", account.account, name="account"),
    path("<slug:slug>/account/change/", account.change, name="change-account"),
    path("<slug:slug>/account/<int:pk>/withdraw/", account.withdraw, name="withdraw-account"),
    path("<slug:slug>/account/receiver/", mandates.receiver, name="receiver"),
    path("<slug:slug>/account/receiver/<int:pk>/<slug:name>/", mandates.step, name="receiver-step"),
    path("<slug:slug>/cooperative/", home.cooperative, name="cooperative"),
]
