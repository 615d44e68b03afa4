"""Orders in Oscar's dashboard: read, noted, downloaded. The office's own pages hold the buttons that move them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView
from oscar.apps.dashboard.orders import views as upstream

from catalogue.kernel.money import quantize


class OrderListView(upstream.OrderListView):
    """The list without changing states in bulk; its file says each amount's currency and its dirhams."""

    actions = ("download_selected_orders",)
    CSV_COLUMNS = {
        "number": _("Order number"),
        "currency": _("Currency"),
        "value": _("Order value"),
        "value_mad": _("In dirhams at the frozen rate"),
        "date": _("Date of purchase"),
        "num_items": _("Number of items"),
        "status": _("Order status"),
        "country": _("Country"),
    }

    def get_row_values(self, order: Any) -> dict[str, Any]:
        """Return one row of the file, without who bought it."""
        return super().get_row_values(order) | {
            "currency": order.currency,
            "value_mad": quantize(order.total_incl_tax * order.mad_per_unit),
            "country": order.destination,
        }


class OrderDetailView(upstream.OrderDetailView):
    """An order to read and to write notes on. States, parcels and payments follow their own rules elsewhere."""

    order_actions = ("save_note", "delete_note")
    line_actions = ()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take notes from who may change orders; refuse everything else Oscar's page could send."""
        action = request.POST.get("order_action")
        if action not in self.order_actions or not request.user.has_perm("order.change_order"):
            raise PermissionDenied
        return super().post(request, *args, **kwargs)


class OrderStatsView(RedirectView):
    """Oscar adds every currency up here; the office's sales page keeps them apart."""

    pattern_name = "office:sales"
