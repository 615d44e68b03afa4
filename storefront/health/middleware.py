from typing import Any

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware as Upstream

from .secrets import hide


class RequestMiddleware(Upstream):
    """Logs which page was asked for, without its query: links carry keys there, and forms what people typed."""

    @staticmethod
    def format_request(request: HttpRequest) -> Any:
        return hide(f"{request.method} {request.path}")
