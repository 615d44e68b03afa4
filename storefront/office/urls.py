from django.urls import path

from .views import consignments, dated, home, jobs, orders, payouts, prices, rates, sending

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
    path("rates/", rates.rates, name="rates"),
    path("rates/accept-old/", rates.accept_old, name="accept-old-rates"),
    path("rates/<int:pk>/decide/", rates.decide, name="decide-rate"),
    path("prices/", prices.prices, name="prices"),
    path("prices/missing/", prices.unpriced, name="prices-missing"),
    path("prices/drafts/<int:pk>/", prices.draft, name="price-draft"),
    path("prices/drafts/<int:pk>/<slug:name>/", prices.step, name="price-step"),
    path("prices/<str:reference>/", prices.price_list, name="price-list"),
    path("fees/", dated.fees, name="fees"),
    path("taxes/", dated.taxes, name="taxes"),
    path("dated/<slug:kind>/add/", dated.add, name="dated-add"),
    path("dated/<slug:kind>/<int:pk>/end/", dated.end, name="dated-end"),
    path("sending/", sending.permissions, name="permissions"),
    path("sending/<int:pk>/end/", sending.end_permission, name="permission-end"),
    path("import-rules/", sending.import_rules, name="import-rules"),
    path("import-rules/<int:pk>/end/", sending.end_import_rule, name="import-rule-end"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/again/", jobs.again, name="job-again"),
]
