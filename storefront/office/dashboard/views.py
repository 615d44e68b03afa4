"""Oscar's dashboard, for staff. It has no sign-in of its own: a password alone must not open it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import View


class LoginView(View):
    """Lead to the shop's one sign-in, whatever was sent here."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        target = request.GET.get("next") or reverse("dashboard:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
