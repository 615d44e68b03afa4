from django.urls import path

from . import packing, picking, shortages

urlpatterns = [
    path("picking/", picking.pick_list, name="picking"),
    path("picking/picked/", picking.picked, name="picked"),
    path("consignments/<str:reference>/packing/", packing.packing, name="packing"),
    path("consignments/<str:reference>/missing/", shortages.report, name="report-missing"),
    path("shortages/", shortages.shortages, name="shortages"),
    path("shortages/<int:pk>/answer/", shortages.answer, name="shortage-answer"),
]
