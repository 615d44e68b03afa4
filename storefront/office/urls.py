from django.urls import path

from .views import consignments, home, jobs, ledger, orders, payouts

app_name = "office"
urlpatterns = [
    path("", home.home, name="home"),
    path("sales/", home.sales, name="sales"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("consignments/", consignments.consignments, name="consignments"),
    path("consignments/<str:reference>/", consignments.consignment, name="consignment"),
    path("consignments/<str:reference>/move/", consignments.move, name="move"),
    path("payouts/", payouts.payouts, name="payouts"),
    path("payouts/run/", payouts.run, name="run-payouts"),
    path("payouts/owed/<slug:slug>/", payouts.owed, name="owed"),
    path("payouts/<str:reference>/", payouts.payout, name="payout"),
    path("ledger/", ledger.trial_balance, name="ledger"),
    path("ledger/entries/<int:pk>/", ledger.entry, name="ledger-entry"),
    path("ledger/<str:code>/<str:currency>/", ledger.account, name="ledger-account"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/again/", jobs.again, name="job-again"),
]
