from django.urls import path

from . import views

app_name = "counter"
urlpatterns = [
    path("", views.choose, name="index"),
    path("<slug:code>/", views.waiting, name="waiting"),
    path("<slug:code>/prepare/<int:pk>/", views.prepare, name="prepare"),
    path("<slug:code>/hand-over/<str:number>/", views.hand_over, name="hand-over"),
    path("<slug:code>/longer/<str:number>/", views.longer, name="longer"),
    path("<slug:code>/new-code/<str:number>/", views.new_code, name="new-code"),
    path("<slug:code>/sell/", views.sell, name="sell"),
    path("<slug:code>/receipt/<str:number>/", views.receipt, name="receipt"),
]
