from django.urls import path

from .views import home, money, parcels, stock

app_name = "portal"
urlpatterns = [
    path("", home.choose, name="home"),
    path("<slug:slug>/", home.home, name="desk"),
    path("<slug:slug>/stock/", stock.products, name="stock"),
    path("<slug:slug>/stock/<int:pk>/", stock.count, name="count"),
    path("<slug:slug>/parcels/", parcels.parcels, name="parcels"),
    path("<slug:slug>/parcels/<str:reference>/", parcels.parcel, name="parcel"),
    path("<slug:slug>/money/", money.money, name="money"),
    path("<slug:slug>/money/<str:reference>/", money.payout, name="payout"),
    path("<slug:slug>/cooperative/", home.cooperative, name="cooperative"),
]
