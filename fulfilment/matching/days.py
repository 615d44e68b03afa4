"""Each day's sums on all four sides, in one statement: when money came in, and when goods left."""

from .sides import HELD, LEFT, MONEY_LEGS, NOT_AT_DOOR, STANDS

DAYS = f"""
WITH moments AS (
    SELECT event.at, round(orders.total_incl_tax * orders.mad_per_unit, 2) AS ordered, 0::numeric AS paid,
           0::numeric AS booked, 0 AS inside, 0 AS moved
    FROM order_order AS orders
    JOIN LATERAL (SELECT min(at) AS at FROM order_orderevent AS event
                  WHERE event.order_id = orders.id AND event.kind = 'paid') AS event ON true
    WHERE orders.payment_method <> 'cash' AND event.at >= %(begins)s AND event.at < %(ends)s
    UNION ALL
    SELECT parcel.delivered_at, sum(line.line_price_incl_tax) + max(CASE WHEN cash.with_delivery THEN
               orders.shipping_incl_tax - orders.cash_rounding
               + CASE orders.stamp_duty_borne_by WHEN 'buyer' THEN orders.stamp_duty ELSE 0 END ELSE 0 END), 0, 0, 0, 0
    FROM warehouse_consignment AS parcel
    JOIN order_order AS orders ON orders.id = parcel.order_id AND orders.payment_method = 'cash'
    JOIN warehouse_consignmentline AS inside ON inside.consignment_id = parcel.id
    JOIN order_line AS line ON line.id = inside.order_line_id
    LEFT JOIN payment_cashcollected AS cash ON cash.parcel = parcel.reference
    WHERE parcel.state = 'DELIVERED' AND parcel.delivered_at >= %(begins)s AND parcel.delivered_at < %(ends)s
    GROUP BY parcel.id
    UNION ALL
    SELECT coalesce(event.at, attempt.updated_at), 0, round(attempt.captured * orders.mad_per_unit, 2), 0, 0, 0
    FROM payment_paymentattempt AS attempt JOIN order_order AS orders ON orders.id = attempt.order_id
    JOIN LATERAL (SELECT min(at) AS at FROM order_orderevent AS event
                  WHERE event.order_id = orders.id AND event.kind = 'paid') AS event ON true
    WHERE attempt.state = 'SUCCEEDED' AND {NOT_AT_DOOR} AND NOT {HELD}
      AND coalesce(event.at, attempt.updated_at) >= %(begins)s AND coalesce(event.at, attempt.updated_at) < %(ends)s
    UNION ALL
    SELECT collected_at, 0, amount, 0, 0, 0 FROM payment_cashcollected
    WHERE collected_at >= %(begins)s AND collected_at < %(ends)s
    UNION ALL
    SELECT entry.occurred_at, 0, 0,
           round(sum(line.amount_minor) / 100.0 * coalesce(max(orders.mad_per_unit), 1), 2), 0, 0
    FROM ledger_entry AS entry JOIN ledger_line AS line ON line.entry_id = entry.id
    JOIN ledger_account AS account ON account.id = line.account_id AND account.code IN {MONEY_LEGS}
    LEFT JOIN order_order AS orders ON orders.number = entry.order_number
    WHERE entry.source = 'sale' AND {STANDS} AND entry.occurred_at >= %(begins)s AND entry.occurred_at < %(ends)s
    GROUP BY entry.id
    UNION ALL
    SELECT parcel.handed_over_at, 0, 0, 0, inside.quantity, 0
    FROM warehouse_consignment AS parcel
    JOIN warehouse_consignmentline AS inside ON inside.consignment_id = parcel.id
    WHERE parcel.state IN {LEFT} AND parcel.handed_over_at >= %(begins)s AND parcel.handed_over_at < %(ends)s
    UNION ALL
    SELECT at, 0, 0, 0, 0, -change FROM lots_stockmovement
    WHERE kind = 'sold' AND at >= %(begins)s AND at < %(ends)s
)
SELECT (at AT TIME ZONE 'Africa/Casablanca')::date AS day, sum(ordered), sum(paid), sum(booked),
       sum(inside), sum(moved)
FROM moments GROUP BY 1 ORDER BY 1 DESC
"""  # noqa: S608 - made of constants
