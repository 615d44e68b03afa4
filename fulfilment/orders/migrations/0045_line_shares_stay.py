"""A line's shares come to what it earns to the centime, and are written for ever."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION orders_line_share_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'whose an order line is stays as it was (% of line %)', TG_OP, OLD.line_id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION orders_line_shares_are_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    earned numeric;
    given numeric;
BEGIN
    SELECT sum(amount_mad), sum(given_mad) INTO earned, given FROM order_lineshare WHERE line_id = NEW.line_id;
    IF NOT EXISTS (
        SELECT FROM order_line AS line
        WHERE line.id = NEW.line_id AND line.given_mad = given
            AND line.farm_gate_mad * line.quantity - line.given_mad = earned
    ) THEN
        RAISE EXCEPTION 'the shares of order line % come to % less %', NEW.line_id, earned, given
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_shares_are_whole';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER orders_line_share_stays BEFORE UPDATE OR DELETE ON order_lineshare
    FOR EACH ROW EXECUTE FUNCTION orders_line_share_stays();
CREATE CONSTRAINT TRIGGER orders_line_shares_are_whole AFTER INSERT ON order_lineshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_line_shares_are_whole();
"""

BACKWARD = """
DROP TRIGGER orders_line_shares_are_whole ON order_lineshare;
DROP TRIGGER orders_line_share_stays ON order_lineshare;
DROP FUNCTION orders_line_shares_are_whole();
DROP FUNCTION orders_line_share_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("order", "0044_line_shares")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
