"""What came back is inspected once, and says for ever what came and what was found."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION orders_returned_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.inspected_at IS NULL AND
        (NEW.line_id, NEW.stock_id, NEW.reference, NEW.quantity, NEW.came_at)
        IS NOT DISTINCT FROM (OLD.line_id, OLD.stock_id, OLD.reference, OLD.quantity, OLD.came_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what came back is inspected once, and not changed (% of %)', TG_OP, OLD.reference
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER orders_returned_stays BEFORE UPDATE OR DELETE ON order_returned
    FOR EACH ROW EXECUTE FUNCTION orders_returned_stays();
"""

BACKWARD = """
DROP TRIGGER orders_returned_stays ON order_returned;
DROP FUNCTION orders_returned_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("order", "0042_inspected_returns")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
