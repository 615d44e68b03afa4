from django.urls import path

from .offers import views as offers
from .views import consignments, home, jobs, orders, payouts

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
    path("offers/", offers.offers, name="offers"),
    path("offers/new/", offers.new, name="new-offer"),
    path("offers/agreements/", offers.agreements, name="agreements"),
    path("offers/agreements/<int:pk>/end/", offers.end_agreement, name="end-agreement"),
    path("offers/codes/<int:pk>.csv", offers.codes_csv, name="codes-csv"),
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/change/", offers.change, name="change-offer"),
    path("offers/<int:pk>/stop/", offers.stop, name="stop-offer"),
    path("offers/<int:pk>/codes/", offers.codes, name="make-codes"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/again/", jobs.again, name="job-again"),
]
