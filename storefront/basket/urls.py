from django.urls import path

from . import views

app_name = "basket"
urlpatterns = [
    path("", views.summary, name="summary"),
    path("add/<int:pk>/", views.add, name="add"),
    path("accept/", views.accept, name="accept"),
    path("code/", views.code, name="code"),
    path("lines/<int:pk>/", views.update, name="update"),
]
