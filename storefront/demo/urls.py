from django.urls import path

from . import views
from .style import style

app_name = "demo"
urlpatterns = [
    path("demo/", views.index, name="index"),
    path("demo/codes.json", views.codes, name="codes"),
    path("demo/messages/<int:pk>/", views.letter, name="letter"),
    path("demo/messages/<int:pk>/body/", views.letter_body, name="letter-body"),
    path("style/", style, name="style"),
]
