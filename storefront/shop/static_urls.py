"""Addresses without a language: the drawings."""

from django.urls import path

from .drawings.views import drawing

urlpatterns = [
    path("drawings/<str:name>.svg", drawing, name="drawing"),
]
