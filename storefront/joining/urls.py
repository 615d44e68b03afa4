from django.urls import path

from . import views

app_name = "joining"
urlpatterns = [
    path("", views.apply, name="apply"),
    path("<int:pk>/", views.status, name="status"),
    path("<int:pk>/papers/", views.papers, name="papers"),
    path("<int:pk>/phone/", views.prove, name="prove"),
    path("<int:pk>/other-phone/", views.other_phone, name="other-phone"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/terms/", views.accept, name="accept"),
    path("<int:pk>/code/", views.code, name="code"),
    path("<int:pk>/open/", views.activate, name="activate"),
]
