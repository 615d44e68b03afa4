"""Who opens a cooperative's pages: its owner and its clerks. To anyone else they do not exist.

The second factor is asked for before any page here by ``storefront.customer.second_factor``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from catalogue.cooperatives.models import Membership, Partner

Page = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Desk:
    """The cooperative someone works for at this moment, as what, and how many others there are to choose."""

    cooperative: Partner
    is_owner: bool
    has_others: bool


def memberships(request: HttpRequest) -> list[Membership]:
    """Return the cooperatives that the person works for, by name (one query)."""
    found = Membership.objects.filter(user_id=request.user.pk, cooperative__is_active=True)
    return list(found.select_related("cooperative").order_by("cooperative__short_name", "pk"))


def portal_page(*, owner_only: bool = False) -> Callable[[Page], Page]:
    """Open ``page(request, desk, …)`` to the people of the cooperative that the address names."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def guarded(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            own = memberships(request)
            mine = next((found for found in own if found.cooperative.slug == slug), None)
            if mine is None or (owner_only and mine.role != Membership.Role.OWNER):
                raise Http404
            desk = Desk(mine.cooperative, mine.role == Membership.Role.OWNER, len(own) > 1)
            request.desk = desk  # type: ignore[attr-defined]
            return page(request, desk, **kwargs)

        return guarded

    return decorate
