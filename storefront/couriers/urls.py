from django.urls import path

from . import views

app_name = "couriers"
urlpatterns = [path("<slug:code>/events", views.events, name="events")]
