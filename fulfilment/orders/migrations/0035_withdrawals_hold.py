"""What was promised and what was declared stays, and nobody sends back more than was bought: held by the database.

A row of a period only ends, once. A line keeps its row. Of a withdrawal only its state moves; of its lines only what
came back is written, once. The sum of pieces is taken under the order's lock, which every operation takes as well.
"""

import django.db.models.deletion
from django.db import migrations, models

AGREED = (
    "order_id", "price_id", "title", "titles", "partner_name", "partner_sku", "upc", "quantity", "tax_code",
    "seller_of_record", "farm_gate_mad", "given_mad", "floor_mad", "unit_price_incl_tax", "unit_price_excl_tax",
    "line_price_incl_tax", "line_price_excl_tax",
    "line_price_before_discounts_incl_tax", "line_price_before_discounts_excl_tax",
)  # fmt: skip
DECLARED = ("order_id", "number", "confirmation", "declared_name", "declared_at")


def changed(columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


def line_never_changes(columns: tuple[str, ...]) -> str:
    return f"""
DROP TRIGGER order_line_never_changes ON order_line;
CREATE TRIGGER order_line_never_changes BEFORE UPDATE ON order_line
    FOR EACH ROW WHEN ({changed(columns)}) EXECUTE FUNCTION order_refuse_change();
"""


FORWARD = (
    line_never_changes((*AGREED, "withdrawal_period_id"))
    + f"""
CREATE TRIGGER row_only_ends BEFORE UPDATE OR DELETE ON order_withdrawalperiod
    FOR EACH ROW EXECUTE FUNCTION pricing_only_end_a_row();

CREATE FUNCTION order_withdrawal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a buyer declared never changes (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER order_withdrawal_never_changes BEFORE UPDATE ON order_withdrawal
    FOR EACH ROW WHEN (
        {changed(DECLARED)}
        OR OLD.state IN ('ACCEPTED', 'REJECTED', 'CANCELLED') AND NEW.state <> OLD.state
    ) EXECUTE FUNCTION order_withdrawal_stays();
CREATE TRIGGER order_withdrawal_never_goes BEFORE DELETE ON order_withdrawal
    FOR EACH ROW EXECUTE FUNCTION order_withdrawal_stays();
CREATE TRIGGER order_withdrawalline_never_changes BEFORE UPDATE ON order_withdrawalline
    FOR EACH ROW WHEN (
        {changed(("withdrawal_id", "line_id", "quantity"))}
        OR OLD.back IS NOT NULL AND OLD.back IS DISTINCT FROM NEW.back
    ) EXECUTE FUNCTION order_withdrawal_stays();
CREATE TRIGGER order_withdrawalline_never_goes BEFORE DELETE ON order_withdrawalline
    FOR EACH ROW EXECUTE FUNCTION order_withdrawal_stays();

CREATE FUNCTION order_withdrawn_within_bought() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bought order_line%ROWTYPE;
    of_order bigint;
    withdrawn bigint;
BEGIN
    SELECT * INTO STRICT bought FROM order_line WHERE id = NEW.line_id;
    SELECT order_id INTO STRICT of_order FROM order_withdrawal WHERE id = NEW.withdrawal_id;
    IF bought.order_id <> of_order THEN
        RAISE EXCEPTION 'line % is not of the order that is withdrawn', bought.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawal_line_of_its_order';
    END IF;
    PERFORM 1 FROM order_order WHERE id = of_order FOR NO KEY UPDATE;
    SELECT coalesce(sum(coalesce(line.back, line.quantity)), 0) INTO withdrawn
        FROM order_withdrawalline AS line JOIN order_withdrawal AS withdrawal ON withdrawal.id = line.withdrawal_id
        WHERE line.line_id = bought.id AND withdrawal.state NOT IN ('REJECTED', 'CANCELLED');
    IF withdrawn > bought.quantity THEN
        RAISE EXCEPTION '% pieces of line % are withdrawn and % were bought', withdrawn, bought.id, bought.quantity
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawn_within_bought';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER order_withdrawn_within_bought AFTER INSERT ON order_withdrawalline
    FOR EACH ROW EXECUTE FUNCTION order_withdrawn_within_bought();
"""
)
BACKWARD = (
    """
DROP TRIGGER order_withdrawn_within_bought ON order_withdrawalline;
DROP FUNCTION order_withdrawn_within_bought();
DROP TRIGGER order_withdrawalline_never_goes ON order_withdrawalline;
DROP TRIGGER order_withdrawalline_never_changes ON order_withdrawalline;
DROP TRIGGER order_withdrawal_never_goes ON order_withdrawal;
DROP TRIGGER order_withdrawal_never_changes ON order_withdrawal;
DROP FUNCTION order_withdrawal_stays();
DROP TRIGGER row_only_ends ON order_withdrawalperiod;
"""
    + line_never_changes(AGREED)
)


class Migration(migrations.Migration):
    dependencies = [("order", "0034_withdrawals")]

    operations = [
        migrations.AlterField(
            model_name="line",
            name="withdrawal_period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="order.withdrawalperiod"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
