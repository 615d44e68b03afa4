"""What asks for a sign-in of this very moment, password and code: a session left open must not be enough."""

import time
from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

FRESH = timedelta(minutes=5)
TO_TYPE = timedelta(minutes=15)
"""How much longer what was opened freshly may be sent."""

STEPS = {"password": "account_reauthenticate", "mfa": "mfa_reauthenticate"}


def redirect_if_stale(request: HttpRequest, back: str) -> HttpResponseRedirect | None:
    """Lead to the password and then to the code of the app, where either is old, and from there to ``back``."""
    limit = FRESH if request.method == "GET" else FRESH + TO_TYPE
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    shown_at = {record["method"]: record["at"] for record in records}
    for method, page in STEPS.items():
        if time.time() - shown_at.get(method, 0) > limit.total_seconds():
            return redirect(f"{reverse(page)}?{urlencode({'next': back})}")
    return None
