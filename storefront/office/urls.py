from django.urls import path

from .views import consignments, home, jobs, orders, payouts, sending

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
    path("sending/", sending.permissions, name="permissions"),
    path("sending/<int:pk>/end/", sending.end_permission, name="permission-end"),
    path("import-rules/", sending.import_rules, name="import-rules"),
    path("import-rules/<int:pk>/end/", sending.end_import_rule, name="import-rule-end"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/again/", jobs.again, name="job-again"),
]
