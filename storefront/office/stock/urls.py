from django.urls import path

from . import call_offs, deliveries, lots, packing, stocktakes, transfers

urlpatterns = [
    path("", lots.lots, name="stock"),
    path("lots/<int:pk>/", lots.lot, name="stock-lot"),
    path("lots/<int:pk>/labels.pdf", lots.labels, name="stock-lot-labels"),
    path("lots/<int:pk>/check/", lots.check, name="stock-check"),
    path("lots/<int:pk>/decide/", lots.decide, name="stock-decide"),
    path("lots/<int:pk>/shares/", lots.shares, name="stock-shares"),
    path("lies/<int:pk>/shelf/", lots.shelf, name="stock-shelf"),
    path("lies/<int:pk>/adjust/", lots.adjust, name="stock-adjust"),
    path("lies/<int:pk>/unpack/", packing.unpack, name="stock-unpack"),
    path("hampers/", packing.hampers, name="stock-hampers"),
    path("deliveries/", deliveries.deliveries, name="stock-deliveries"),
    path("deliveries/announce/<slug:slug>/", deliveries.announce, name="stock-announce"),
    path("deliveries/<int:pk>/", deliveries.delivery, name="stock-delivery"),
    path("deliveries/<int:pk>/<slug:step>/", deliveries.step, name="stock-delivery-step"),
    path("photos/<int:pk>/", deliveries.photo, name="stock-photo"),
    path("transfers/", transfers.transfers, name="stock-transfers"),
    path("transfers/<int:pk>/", transfers.transfer, name="stock-transfer"),
    path("counts/", stocktakes.stocktakes, name="stock-counts"),
    path("counts/<int:pk>/", stocktakes.stocktake, name="stock-count"),
    path("counts/<int:pk>/sheet/", stocktakes.sheet, name="stock-sheet"),
    path("counts/<int:pk>/<slug:step>/", stocktakes.step, name="stock-count-step"),
    path("wanted/", call_offs.call_offs, name="stock-wanted"),
    path("wanted/<int:pk>/<slug:step>/", call_offs.step, name="stock-wanted-step"),
]
