"""What must hold of every jar between shelf and door, whatever happened: each rule in SQL of its own, from the rows."""

from django.db import connection

RULES = {
    "nothing is less than nothing, and nothing is promised that is not there": """
        SELECT id, on_hand, held FROM lots_lotstock WHERE held < 0 OR on_hand < held
        UNION ALL
        SELECT id, num_in_stock, num_allocated FROM partner_stockrecord
        WHERE num_allocated < 0 OR num_in_stock < num_allocated
    """,
    "what lies of a lot is all that came less all that went": """
        SELECT stock.id, stock.on_hand, sum(movement.change)
        FROM lots_lotstock stock LEFT JOIN lots_stockmovement movement ON movement.stock_id = stock.id
        GROUP BY stock.id HAVING stock.on_hand <> coalesce(sum(movement.change), 0)
    """,
    "stock records are the sum of their released lots": """
        SELECT record.id, record.num_in_stock, sum(stock.on_hand), record.num_allocated, sum(stock.held)
        FROM partner_stockrecord record
        LEFT JOIN lots_lot lot ON lot.stockrecord_id = record.id AND lot.state = 'RELEASED'
        LEFT JOIN lots_lotstock stock ON stock.lot_id = lot.id
        GROUP BY record.id
        HAVING record.num_in_stock <> coalesce(sum(stock.on_hand), 0)
            OR record.num_allocated <> coalesce(sum(stock.held), 0)
    """,
    "what is promised of a lot is what lines keep of it": """
        SELECT stock.id, stock.held, sum(kept.quantity)
        FROM lots_lotstock stock LEFT JOIN order_allocation kept ON kept.stock_id = stock.id AND kept.state = 'HELD'
        GROUP BY stock.id HAVING stock.held <> coalesce(sum(kept.quantity), 0)
    """,
    "sold is shipped and open: each parcel has its pieces, but for those that its buyer is asked about": """
        SELECT line.order_line_id, line.quantity, kept.pieces, asked.missing
        FROM warehouse_consignmentline line
        JOIN warehouse_consignment parcel ON parcel.id = line.consignment_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(quantity), 0) AS pieces FROM order_allocation
            WHERE line_id = line.order_line_id AND state <> 'RELEASED') kept
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(missing), 0) AS missing FROM warehouse_shortage
            WHERE order_line_id = line.order_line_id AND outcome = '') asked
        WHERE CASE WHEN parcel.state IN ('SHORT', 'CANCELLED') THEN kept.pieces > 0
              ELSE line.quantity <> kept.pieces + asked.missing END
    """,
    "a jar leaves once, with its parcel": """
        SELECT coalesce(gone.stock_id, said.stock_id), gone.parcel, gone.sold, said.sold
        FROM (SELECT movement.stock_id, reference AS parcel, -sum(change) AS sold
              FROM lots_stockmovement movement WHERE kind = 'sold' GROUP BY 1, 2) gone
        FULL JOIN (SELECT kept.stock_id, parcel.reference AS parcel, sum(kept.quantity) AS sold
                   FROM order_allocation kept
                   JOIN warehouse_consignmentline line ON line.order_line_id = kept.line_id
                   JOIN warehouse_consignment parcel ON parcel.id = line.consignment_id
                   WHERE kept.state IN ('LEFT', 'BACK') GROUP BY 1, 2) said
        ON said.stock_id = gone.stock_id AND said.parcel = gone.parcel
        WHERE gone.sold IS DISTINCT FROM said.sold
    """,
    "a jar that came back waits for an inspection, or had one": """
        SELECT coalesce(came.line_id, said.line_id), coalesce(came.stock_id, said.stock_id), came.back, said.back
        FROM (SELECT line_id, stock_id, sum(quantity) AS back FROM order_returned GROUP BY 1, 2) came
        FULL JOIN (SELECT line_id, stock_id, sum(quantity) AS back
                   FROM order_allocation WHERE state = 'BACK' GROUP BY 1, 2) said
        ON said.line_id = came.line_id AND said.stock_id = came.stock_id
        WHERE came.back IS DISTINCT FROM said.back
    """,
    "a jar lies in its own lot again once it was inspected, and not before": """
        SELECT coalesce(gone.stock_id, seen.stock_id), gone.reference, gone.back, seen.back
        FROM (SELECT stock_id, reference, sum(change) AS back
              FROM lots_stockmovement WHERE kind = 'came_back' GROUP BY 1, 2) gone
        FULL JOIN (SELECT stock_id, reference, sum(quantity) AS back
                   FROM order_returned WHERE inspected_at IS NOT NULL GROUP BY 1, 2) seen
        ON seen.stock_id = gone.stock_id AND seen.reference = gone.reference
        WHERE gone.back IS DISTINCT FROM seen.back
    """,
    "pieces leave with their parcel, and only then; some may have come back before it does": """
        SELECT parcel.reference, parcel.state, kept.state
        FROM order_allocation kept
        JOIN warehouse_consignmentline line ON line.order_line_id = kept.line_id
        JOIN warehouse_consignment parcel ON parcel.id = line.consignment_id
        WHERE kept.state <> 'RELEASED' AND NOT kept.state = ANY (CASE
            WHEN parcel.state IN ('OPEN', 'PICKED', 'PACKED') THEN '{HELD}'::text[]
            WHEN parcel.state = 'RETURNED' THEN '{BACK}' ELSE '{LEFT,BACK}' END)
    """,
}


def broken() -> dict[str, list[tuple[object, ...]]]:
    """Return the rules that do not hold, with the rows that break them."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in RULES.items():
            cursor.execute(query)
            if rows := cursor.fetchall():
                found[name] = rows
    return found
