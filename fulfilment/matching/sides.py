"""The questions of the match, each in one statement over many orders: what one side says and another does not.

Each gives rows of cause, subject, order id (or none), expected, found, unit, since. ``%(orders)s`` are ids of orders,
``%(numbers)s`` their numbers; of what names no order, ``%(since)s`` bounds what is new and ``%(subjects)s`` names what
is open.
"""

MONEY_LEGS = "('clearing.card', 'clearing.courier', 'clearing.transfer')"
LEFT = "('HANDED_OVER', 'IN_TRANSIT', 'DELIVERED', 'REFUSED', 'LOST', 'RETURNED')"

HELD = """
EXISTS (SELECT FROM ledger_entry AS held WHERE held.source = 'held' AND held.external_id = attempt.idempotency_key)
"""
NOT_AT_DOOR = "NOT EXISTS (SELECT FROM payment_cashcollected AS cash WHERE cash.attempt_id = attempt.id)"
STANDS = "NOT EXISTS (SELECT FROM ledger_entry AS back WHERE back.reverses_id = entry.id)"

PAYMENTS = f"""
WITH came AS (
    SELECT attempt.order_id, attempt.captured AS amount, attempt.updated_at AS at, '' AS parcel
    FROM payment_paymentattempt AS attempt
    WHERE attempt.order_id = ANY (%(orders)s) AND attempt.state = 'SUCCEEDED' AND NOT {HELD} AND {NOT_AT_DOOR}
    UNION ALL
    SELECT attempt.order_id, cash.amount, cash.collected_at, cash.parcel
    FROM payment_cashcollected AS cash JOIN payment_paymentattempt AS attempt ON attempt.id = cash.attempt_id
    WHERE attempt.order_id = ANY (%(orders)s) AND cash.amount > 0
), booked AS (
    SELECT entry.order_number, CASE WHEN cash.parcel IS NULL THEN '' ELSE entry.memo END AS parcel,
           line.currency, sum(line.amount_minor) / 100.0 AS amount
    FROM ledger_entry AS entry
    JOIN ledger_line AS line ON line.entry_id = entry.id
    JOIN ledger_account AS account ON account.id = line.account_id AND account.code IN {MONEY_LEGS}
    LEFT JOIN payment_cashcollected AS cash ON cash.parcel = entry.memo
    WHERE entry.source = 'sale' AND entry.order_number = ANY (%(numbers)s) AND {STANDS}
    GROUP BY 1, 2, 3
)
SELECT CASE WHEN booked.amount IS NULL THEN 'sale_missing' ELSE 'sale_other_amount' END,
       CASE came.parcel WHEN '' THEN orders.number ELSE came.parcel END, orders.id, came.amount,
       coalesce(booked.amount, 0), orders.currency, came.at
FROM came JOIN order_order AS orders ON orders.id = came.order_id
LEFT JOIN booked ON booked.order_number = orders.number AND booked.parcel = came.parcel
    AND booked.currency = orders.currency
WHERE coalesce(booked.amount, -1) <> came.amount
"""  # noqa: S608 - made of constants

SALES_UNPAID = f"""
SELECT 'sale_without_payment', entry.external_id, orders.id, 0, sum(line.amount_minor) / 100.0,
       coalesce(min(line.currency), 'MAD'), entry.occurred_at
FROM ledger_entry AS entry
LEFT JOIN order_order AS orders ON orders.number = entry.order_number
LEFT JOIN ledger_line AS line ON line.entry_id = entry.id AND line.account_id IN (
    SELECT id FROM ledger_account WHERE code IN {MONEY_LEGS})
WHERE entry.source = 'sale' AND {STANDS}
  AND (entry.order_number = ANY (%(numbers)s) OR (orders.id IS NULL AND
       (entry.posted_at >= %(since)s OR entry.external_id = ANY (%(subjects)s))))
  AND NOT EXISTS (SELECT FROM payment_paymentattempt AS attempt
                  WHERE attempt.order_id = orders.id AND attempt.state = 'SUCCEEDED'
                  AND entry.external_id = orders.number)
  AND NOT EXISTS (SELECT FROM payment_cashcollected AS cash JOIN payment_paymentattempt AS attempt
                  ON attempt.id = cash.attempt_id
                  WHERE attempt.order_id = orders.id AND cash.parcel = entry.memo AND cash.amount > 0)
GROUP BY entry.id, orders.id
"""  # noqa: S608 - made of constants

ORDERS_UNPAID = """
SELECT 'order_unpaid', orders.number, orders.id, orders.total_incl_tax, 0, orders.currency,
       coalesce((SELECT min(at) FROM order_orderevent AS event WHERE event.order_id = orders.id AND kind = 'paid'),
                orders.date_placed) AS at
FROM order_order AS orders
WHERE orders.id = ANY (%(orders)s) AND orders.payment_method IN ('card', 'transfer')
  AND orders.status IN ('PAID', 'PREPARING', 'SHIPPED', 'DELIVERED', 'COMPLETED')
  AND NOT EXISTS (SELECT FROM payment_paymentattempt AS attempt
                  WHERE attempt.order_id = orders.id AND attempt.state = 'SUCCEEDED')
UNION ALL
SELECT 'cash_missing', parcel.reference, orders.id, sum(line.line_price_incl_tax), 0, orders.currency,
       parcel.delivered_at
FROM warehouse_consignment AS parcel
JOIN order_order AS orders ON orders.id = parcel.order_id
JOIN warehouse_consignmentline AS inside ON inside.consignment_id = parcel.id
JOIN order_line AS line ON line.id = inside.order_line_id
WHERE orders.id = ANY (%(orders)s) AND orders.payment_method = 'cash' AND parcel.state = 'DELIVERED'
  AND NOT EXISTS (SELECT FROM payment_cashcollected AS cash WHERE cash.parcel = parcel.reference)
  AND NOT EXISTS (SELECT FROM payment_paymentattempt AS attempt
                  WHERE attempt.order_id = orders.id AND attempt.state = 'SUCCEEDED' AND attempt.captured > 0)
GROUP BY parcel.id, orders.id
"""

PAYMENTS_STRAY = f"""
WITH paid AS (
    SELECT attempt.*, coalesce((SELECT sum(amount) FROM payment_refund AS refund
           WHERE refund.attempt_id = attempt.id AND refund.state NOT IN ('FAILED', 'DECLINED')), 0) AS back
    FROM payment_paymentattempt AS attempt
    WHERE attempt.order_id = ANY (%(orders)s) AND attempt.state = 'SUCCEEDED'
      AND {NOT_AT_DOOR}
)
SELECT 'payment_without_order', orders.number, orders.id, paid.back, paid.captured, paid.currency, paid.updated_at
FROM paid JOIN order_order AS orders ON orders.id = paid.order_id
WHERE orders.status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'EXPIRED', 'CANCELLED', 'REFUSED')
  AND paid.back < paid.captured
  AND NOT EXISTS (SELECT FROM payment_dispute AS dispute WHERE dispute.attempt_id = paid.id)
UNION ALL
SELECT 'payment_other_amount', orders.number, orders.id, orders.total_incl_tax, paid.captured, paid.currency,
       paid.updated_at
FROM paid JOIN order_order AS orders ON orders.id = paid.order_id
WHERE paid.captured <> orders.total_incl_tax OR paid.currency <> orders.currency
"""  # noqa: S608 - made of constants

GOODS = f"""
WITH parcels AS (
    SELECT parcel.*, (SELECT coalesce(sum(quantity), 0) FROM warehouse_consignmentline AS inside
                      WHERE inside.consignment_id = parcel.id) AS pieces,
           coalesce((SELECT -sum(change) FROM lots_stockmovement AS moved
                     WHERE moved.reference = parcel.reference AND moved.kind = 'sold'), 0) AS sold,
           coalesce((SELECT sum(change) FROM lots_stockmovement AS moved
                     WHERE moved.reference = parcel.reference AND moved.kind = 'came_back'), 0) AS back
    FROM warehouse_consignment AS parcel WHERE parcel.order_id = ANY (%(orders)s)
), judged AS (
    SELECT parcels.*, CASE WHEN state IN {LEFT} THEN pieces ELSE 0 END AS due,
           CASE state WHEN 'RETURNED' THEN pieces ELSE 0 END AS due_back,
           coalesce(handed_over_at, packed_at, opened_at) AS left_at FROM parcels
)
SELECT CASE WHEN sold < due THEN 'movement_missing' ELSE 'movement_too_many' END, reference, order_id, due, sold,
       'pieces', left_at
FROM judged WHERE sold <> due
UNION ALL
SELECT 'return_missing', reference, order_id, due_back, back, 'pieces', coalesce(returned_at, left_at)
FROM judged WHERE back <> due_back
UNION ALL
SELECT 'movement_unknown', coalesce(nullif(moved.reference, ''), '#' || min(moved.id)), NULL, 0, -sum(moved.change),
       'pieces', min(moved.at)
FROM lots_stockmovement AS moved
WHERE moved.kind = 'sold'
  AND (moved.at >= %(since)s OR moved.reference = ANY (%(subjects)s))
  AND NOT EXISTS (SELECT FROM warehouse_consignment AS parcel WHERE parcel.reference = moved.reference)
GROUP BY moved.reference
"""  # noqa: S608 - made of constants

DELIVERIES = f"""
WITH owed AS (
    SELECT parcel.reference, parcel.order_id, parcel.delivered_at,
           sum(line.farm_gate_mad * line.quantity - line.given_mad) AS amount
    FROM warehouse_consignment AS parcel
    JOIN warehouse_consignmentline AS inside ON inside.consignment_id = parcel.id
    JOIN order_line AS line ON line.id = inside.order_line_id
    WHERE parcel.order_id = ANY (%(orders)s) AND parcel.state = 'DELIVERED'
    GROUP BY parcel.id
), booked AS (
    SELECT entry.external_id, entry.order_number, entry.occurred_at, -sum(line.amount_minor) / 100.0 AS amount
    FROM ledger_entry AS entry
    JOIN ledger_line AS line ON line.entry_id = entry.id
    JOIN ledger_account AS account ON account.id = line.account_id AND account.code = 'cooperatives.payable'
    WHERE entry.source = 'delivery' AND {STANDS}
      AND (entry.order_number = ANY (%(numbers)s) OR entry.posted_at >= %(since)s
           OR entry.external_id = ANY (%(subjects)s))
    GROUP BY entry.id
)
SELECT CASE WHEN booked.amount IS NULL THEN 'delivery_missing' ELSE 'delivery_other_amount' END, owed.reference,
       owed.order_id, owed.amount, coalesce(booked.amount, 0), 'MAD', owed.delivered_at
FROM owed LEFT JOIN booked ON booked.external_id = owed.reference
WHERE owed.amount <> coalesce(booked.amount, 0)
UNION ALL
SELECT 'delivery_unfounded', booked.external_id, orders.id, 0, booked.amount, 'MAD', booked.occurred_at
FROM booked LEFT JOIN order_order AS orders ON orders.number = booked.order_number
WHERE NOT EXISTS (SELECT FROM warehouse_consignment AS parcel
                  WHERE parcel.reference = booked.external_id AND parcel.state = 'DELIVERED')
"""  # noqa: S608 - made of constants

REFUNDS = f"""
WITH due AS (
    SELECT 'refund-' || refund.id AS key, attempt.order_id, refund.amount, refund.currency, refund.created_at
    FROM payment_refund AS refund JOIN payment_paymentattempt AS attempt ON attempt.id = refund.attempt_id
    WHERE attempt.order_id = ANY (%(orders)s) AND refund.reason <> 'PAID_TOO_LATE'
      AND refund.state NOT IN ('ASKED', 'DECLINED', 'FAILED')
), booked AS (
    SELECT entry.external_id AS key, entry.order_number, entry.occurred_at, line.currency,
           -sum(line.amount_minor) / 100.0 AS amount
    FROM ledger_entry AS entry
    JOIN ledger_line AS line ON line.entry_id = entry.id
    JOIN ledger_account AS account ON account.id = line.account_id AND account.code IN ('clearing.card', 'bank')
    WHERE entry.source = 'refund' AND {STANDS}
      AND (entry.order_number = ANY (%(numbers)s) OR entry.posted_at >= %(since)s
           OR entry.external_id = ANY (%(subjects)s))
    GROUP BY entry.id, line.currency
)
SELECT CASE WHEN booked.amount IS NULL THEN 'refund_missing' ELSE 'refund_other_amount' END, due.key, due.order_id,
       due.amount, coalesce(booked.amount, 0), due.currency, due.created_at
FROM due LEFT JOIN booked ON booked.key = due.key AND booked.currency = due.currency
WHERE due.amount <> coalesce(booked.amount, 0)
UNION ALL
SELECT 'refund_unfounded', booked.key, orders.id, 0, booked.amount, booked.currency, booked.occurred_at
FROM booked LEFT JOIN order_order AS orders ON orders.number = booked.order_number
WHERE NOT EXISTS (SELECT FROM payment_refund AS refund
                  WHERE 'refund-' || refund.id = booked.key AND refund.state NOT IN ('ASKED', 'DECLINED', 'FAILED'))
"""  # noqa: S608 - made of constants

PAYOUTS = """
WITH touched AS (
    SELECT payout.id FROM payouts_payout AS payout JOIN payouts_payoutrun AS run ON run.id = payout.run_id
    WHERE payout.from_day IS NOT NULL
      AND (payout.state = 'EXPORTED' OR run.exported_at >= %(since)s OR payout.settled_at >= %(since)s
           OR payout.returned_at >= %(since)s OR payout.reference = ANY (%(subjects)s))
    UNION SELECT line.payout_id FROM payouts_bankfileline AS line
          JOIN payouts_bankfile AS file ON file.id = line.file_id WHERE file.taken_in_at >= %(since)s
), said AS (
    SELECT coalesce(reversed.external_id, entry.external_id) AS reference, max(entry.occurred_at) AS at,
           -sum(line.amount_minor) FILTER (WHERE account.code = 'clearing.payouts') / 100.0 AS under_way,
           -sum(line.amount_minor) FILTER (WHERE account.code = 'bank') / 100.0 AS paid
    FROM ledger_entry AS entry
    LEFT JOIN ledger_entry AS reversed ON reversed.id = entry.reverses_id
    JOIN ledger_line AS line ON line.entry_id = entry.id
    JOIN ledger_account AS account ON account.id = line.account_id AND account.code IN ('clearing.payouts', 'bank')
    WHERE entry.source IN ('payout', 'payout_settled', 'reversal')
      AND coalesce(reversed.source, entry.source) IN ('payout', 'payout_settled')
      AND (entry.posted_at >= %(since)s OR coalesce(reversed.external_id, entry.external_id) = ANY (%(subjects)s)
           OR coalesce(reversed.external_id, entry.external_id) IN (
               SELECT reference FROM payouts_payout WHERE id IN (SELECT id FROM touched)))
    GROUP BY 1
), payouts AS (
    SELECT payout.reference, payout.state, payout.method, payout.amount_mad,
           coalesce(payout.returned_at, payout.settled_at, run.exported_at, run.run_at) AS at,
           coalesce(said.under_way, 0) AS under_way, coalesce(said.paid, 0) AS paid,
           coalesce((SELECT sum(line.amount) FROM payouts_bankfileline AS line
                     WHERE line.payout_id = payout.id AND line.outcome = 'SETTLED'),
                    (SELECT payout.amount_mad FROM payouts_bankfileline AS line
                     WHERE line.outcome = 'HELD' AND line.closed_at IS NOT NULL AND NOT line.is_credit
                     AND left(btrim(concat_ws(' ', line.booked_on, line.reference)), 80) = payout.proof LIMIT 1),
                    0) AS went,
           coalesce((SELECT sum(line.amount) FROM payouts_bankfileline AS line
                     WHERE line.payout_id = payout.id AND line.outcome = 'RETURNED'), 0) AS came_back
    FROM payouts_payout AS payout JOIN payouts_payoutrun AS run ON run.id = payout.run_id
    LEFT JOIN said ON said.reference = payout.reference
    WHERE payout.id IN (SELECT id FROM touched)
), judged AS (
    SELECT payouts.*, CASE WHEN state IN ('EXPORTED', 'SETTLED') THEN amount_mad ELSE 0 END AS due_in_ledger,
           CASE state WHEN 'EXPORTED' THEN under_way - abs(paid) WHEN 'SETTLED' THEN paid - abs(under_way)
                ELSE abs(under_way) + abs(paid) END AS in_ledger,
           CASE state WHEN 'SETTLED' THEN amount_mad ELSE 0 END AS due_at_bank,
           CASE state WHEN 'SETTLED' THEN went - came_back WHEN 'RETURNED' THEN 0 ELSE went + came_back END AS at_bank
    FROM payouts
)
SELECT 'payout_not_booked', reference, NULL::bigint, due_in_ledger, in_ledger, 'MAD', at
FROM judged WHERE in_ledger <> due_in_ledger
UNION ALL
SELECT 'payout_not_at_bank', reference, NULL, due_at_bank, at_bank, 'MAD', at
FROM judged WHERE method = 'bank_transfer' AND at_bank <> due_at_bank
UNION ALL
SELECT 'payout_unfounded', said.reference, NULL, 0, coalesce(under_way, 0) + coalesce(paid, 0), 'MAD', said.at
FROM said WHERE NOT EXISTS (SELECT FROM payouts_payout AS payout WHERE payout.reference = said.reference)
"""

SCOPE = """
WITH touched AS (
    SELECT order_id FROM order_orderevent WHERE at >= %(since)s
    UNION SELECT order_id FROM payment_paymentattempt WHERE updated_at >= %(since)s
    UNION SELECT attempt.order_id FROM payment_refund AS refund
          JOIN payment_paymentattempt AS attempt ON attempt.id = refund.attempt_id WHERE refund.updated_at >= %(since)s
    UNION SELECT parcel.order_id FROM lots_stockmovement AS moved
          JOIN warehouse_consignment AS parcel ON parcel.reference = moved.reference WHERE moved.at >= %(since)s
    UNION SELECT id FROM order_order WHERE date_placed >= %(since)s
    UNION SELECT id FROM order_order WHERE number IN (
          SELECT order_number FROM ledger_entry WHERE posted_at >= %(since)s AND order_number <> '')
    UNION SELECT order_id FROM matching_difference WHERE closed_at IS NULL AND order_id IS NOT NULL
)
SELECT id, number FROM order_order WHERE id IN (SELECT order_id FROM touched) ORDER BY id
"""

STATEMENTS = (PAYMENTS, SALES_UNPAID, ORDERS_UNPAID, PAYMENTS_STRAY, GOODS, DELIVERIES, REFUNDS, PAYOUTS)
