"""A kind answer where allauth stops a flow half way because of a limit."""

from collections.abc import Callable

from allauth.core.exceptions import RateLimited
from allauth.core.internal.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse


class LimitsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return respond_429(request) if isinstance(exception, RateLimited) else None
