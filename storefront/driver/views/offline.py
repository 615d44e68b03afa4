"""The script that lets an opened page open again without network. Its address decides what it may answer for."""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

WORKER = "js/driver-worker.js"


@cache
def _script() -> bytes:
    return Path(str(finders.find(WORKER))).read_bytes()


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the worker; a browser asks again before it believes its copy."""
    return HttpResponse(_script(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})
