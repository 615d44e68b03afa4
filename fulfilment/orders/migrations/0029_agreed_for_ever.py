"""What was agreed when an order was placed stays: the database refuses to change or delete it, whoever asks.

States, promises, recipients' details and links to people and products stay changeable; money is given back by rows of
its own.
"""

from django.db import migrations

ORDER = (
    "number", "basket_reference", "date_placed", "language", "destination", "side", "currency", "mad_per_unit",
    "price_list_id", "total_incl_tax", "total_excl_tax", "shipping_incl_tax", "shipping_excl_tax",
)  # fmt: skip
LINE = (
    "order_id", "price_id", "title", "titles", "partner_name", "partner_sku", "upc", "quantity", "tax_code",
    "seller_of_record", "farm_gate_mad", "given_mad", "floor_mad", "unit_price_incl_tax", "unit_price_excl_tax",
    "line_price_incl_tax", "line_price_excl_tax",
    "line_price_before_discounts_incl_tax", "line_price_before_discounts_excl_tax",
)  # fmt: skip


def changed(columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


FORWARD = f"""
CREATE FUNCTION order_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was agreed in an order never changes (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER order_terms_never_change BEFORE UPDATE ON order_order
    FOR EACH ROW WHEN ({changed(ORDER)}) EXECUTE FUNCTION order_refuse_change();
CREATE TRIGGER order_line_never_changes BEFORE UPDATE ON order_line
    FOR EACH ROW WHEN ({changed(LINE)}) EXECUTE FUNCTION order_refuse_change();
CREATE TRIGGER order_never_goes BEFORE DELETE ON order_order
    FOR EACH ROW EXECUTE FUNCTION order_refuse_change();
CREATE TRIGGER order_line_never_goes BEFORE DELETE ON order_line
    FOR EACH ROW EXECUTE FUNCTION order_refuse_change();
"""

BACKWARD = """
DROP TRIGGER order_line_never_goes ON order_line;
DROP TRIGGER order_never_goes ON order_order;
DROP TRIGGER order_line_never_changes ON order_line;
DROP TRIGGER order_terms_never_change ON order_order;
DROP FUNCTION order_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("order", "0028_discounts")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
