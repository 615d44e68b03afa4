"""What was paid becomes covered legs of the ledger; what is owed gets its day.

Rule for what lies before this migration: what was paid was payable when it was earned, and the cash of what is owed is
regarded as in, as until now it was paid without asking. Cash taken from here on waits for its courier.
"""

from django.db import migrations

from fulfilment.orders.withdrawing.policies import ends_at

COVER = """
INSERT INTO payouts_payoutline (payout_id, ledger_line_id)
SELECT payable.payout_id, line.id
FROM payouts_payable AS payable
JOIN ledger_line AS line ON line.order_line = payable.order_line_id
JOIN ledger_account AS account ON account.id = line.account_id AND account.code = 'cooperatives.payable'
    AND account.cooperative_id = payable.cooperative_id
JOIN ledger_entry AS entry ON entry.id = line.entry_id AND entry.source = 'delivery'
WHERE payable.payout_id IS NOT NULL
UNION ALL
SELECT payout.id, line.id
FROM payouts_payout AS payout
JOIN ledger_entry AS entry ON entry.source = 'payout' AND entry.external_id = payout.reference
JOIN ledger_line AS line ON line.entry_id = entry.id
JOIN ledger_account AS account ON account.id = line.account_id AND account.code = 'cooperatives.payable';
"""

WRONG = """
SELECT payout.reference FROM payouts_payout AS payout
LEFT JOIN payouts_payoutline AS covered ON covered.payout_id = payout.id
LEFT JOIN ledger_line AS line ON line.id = covered.ledger_line_id
GROUP BY payout.id
HAVING count(line.id) < 2 OR sum(line.amount_minor) <> 0 OR max(line.amount_minor) <> payout.amount_mad * 100
ORDER BY 1
"""

DATE = """
UPDATE payouts_payable SET money_in_at = earned_at;
UPDATE payouts_payable SET withdrawal_ends_at = earned_at WHERE payout_id IS NOT NULL;
INSERT INTO payouts_ordercash (order_id, in_at)
SELECT o.id, max(payable.earned_at)
FROM payouts_payable AS payable
JOIN order_line AS line ON line.id = payable.order_line_id
JOIN order_order AS o ON o.id = line.order_id AND o.payment_method = 'cash'
GROUP BY o.id;
UPDATE payouts_payable AS payable SET money_in_at = cash.in_at
FROM order_line AS line JOIN payouts_ordercash AS cash ON cash.order_id = line.order_id
WHERE line.id = payable.order_line_id;
"""


class NotBooked(Exception):
    """Covering legs that are not there would pay them again."""

    def __init__(self, references):
        super().__init__(
            f"The ledger does not know what these payouts paid: {', '.join(references[:5])}. "
            "Run `manage.py book_missing` of the version before this one, then migrate again."
        )


def move(apps, editor):
    with editor.connection.cursor() as cursor:
        cursor.execute(COVER)
        cursor.execute(WRONG)
        if wrong := [reference for (reference,) in cursor.fetchall()]:
            raise NotBooked(wrong)
        cursor.execute(DATE)
    Payable, Consignment = apps.get_model("payouts", "Payable"), apps.get_model("warehouse", "Consignment")
    undated = Payable.objects.filter(
        withdrawal_ends_at=None, order_line__order__status__in=("DELIVERED", "COMPLETED")
    ).select_related("order_line__withdrawal_period")
    arrived = {}
    parcels = Consignment.objects.filter(delivered_at__isnull=False, order__lines__in=undated.values("order_line"))
    for order_id, delivered_at in parcels.values_list("order_id", "delivered_at"):
        arrived[order_id] = max(delivered_at, arrived.get(order_id, delivered_at))
    dated = list(undated)
    for payable in dated:
        line = payable.order_line
        payable.withdrawal_ends_at = ends_at(arrived[line.order_id], line.withdrawal_period.days)
    Payable.objects.bulk_update(dated, ["withdrawal_ends_at"], batch_size=500)


def undo(apps, editor):
    """Say of each payable again how much it was and what paid it: its delivery says so."""
    with editor.connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE payouts_payable AS payable SET
                amount_mad = line.farm_gate_mad * line.quantity - line.given_mad
            FROM order_line AS line WHERE line.id = payable.order_line_id;
            UPDATE payouts_payable AS payable SET state = 'SETTLED', payout_id = covered.payout_id
            FROM payouts_payoutline AS covered
            JOIN ledger_line AS leg ON leg.id = covered.ledger_line_id
            JOIN ledger_entry AS entry ON entry.id = leg.entry_id AND entry.source = 'delivery'
            WHERE leg.order_line = payable.order_line_id;
            DELETE FROM payouts_payoutline;
            DELETE FROM payouts_ordercash;
            """
        )


class Migration(migrations.Migration):
    dependencies = [("payouts", "0004_covered_legs"), ("order", "0037_confirmations")]

    operations = [migrations.RunPython(move, undo)]
