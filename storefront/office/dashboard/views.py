from typing import Any

from django.utils import timezone
from django.views.generic import RedirectView
from oscar.apps.dashboard.views import IndexView as UpstreamIndex

from catalogue.kernel.periods import Period, day, day_of
from fulfilment.reports import queries
from fulfilment.reports.policies import total


class IndexView(UpstreamIndex):
    """The dashboard's first page: today by currency instead of a sum over all of them."""

    def get_stats(self) -> dict[str, Any]:
        """Return today's orders and takings; Oscar's own sums are never worked out."""
        now = timezone.now()
        today: Period = day(day_of(now))
        return {"today": total(queries.sales(today)), "waiting": queries.waiting(now)}


class LoginView(RedirectView):
    """The one way to sign in is the shop's, with its second factor."""

    pattern_name = "account_login"
    query_string = True
