from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from oscar.apps.dashboard.offers import reports as upstream

from catalogue.kernel.money import quantize


class OrderDiscountCSVFormatter(upstream.OrderDiscountCSVFormatter):
    """The orders that used an offer, each amount with its currency and its dirhams at the frozen rate."""

    def generate_csv(self, response: Any, order_discounts: Iterable[Any]) -> None:
        writer = self.get_csv_writer(response)
        writer.writerow(
            [
                _("Order number"),
                _("Date of purchase"),
                _("Currency"),
                _("Order value"),
                _("Discount"),
                _("Discount in dirhams at the frozen rate"),
            ]
        )
        for discount in order_discounts:
            order = discount.order
            writer.writerow(
                [
                    order.number,
                    self.format_datetime(order.date_placed),
                    order.currency,
                    order.total_incl_tax,
                    discount.amount,
                    quantize(discount.amount * order.mad_per_unit),
                ]
            )
