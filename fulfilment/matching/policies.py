"""Whose a difference is, and which is never accepted. Plain Python."""

from types import MappingProxyType

DESKS = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("sale_missing", "sale_other_amount", "sale_without_payment", "order_unpaid", "cash_missing"),
                *("payment_without_order", "payment_other_amount", "delivery_missing", "delivery_other_amount"),
                *("delivery_unfounded", "refund_missing", "refund_other_amount", "refund_unfounded"),
                *("payout_not_booked", "payout_unfounded", "payout_not_at_bank"),
            ),
            "finance",
        ),
        **dict.fromkeys(
            ("movement_missing", "movement_too_many", "movement_unknown", "return_missing", "export_unproved"),
            "logistics",
        ),
    }
)
"""The desk that owns a difference of each cause while no person does."""

NEVER_ACCEPTED = frozenset({"export_unproved"})
"""Without its proof an export is not free of VAT, whatever anybody says."""
