"""Addresses without a language: the front door, the drawings, what machines ask for."""

from django.urls import path

from .drawings.views import drawing
from .views.home import front_door
from .views.machines import robots, sitemap

urlpatterns = [
    path("", front_door, name="front-door"),
    path("drawings/<str:name>.svg", drawing, name="drawing"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
]
