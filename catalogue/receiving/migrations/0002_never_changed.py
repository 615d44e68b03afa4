"""What was received, moved and packed stays: the database refuses to change it afterwards."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

FORWARD = """
CREATE FUNCTION receiving_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what came and moved is only added, never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER receiving_part_stays BEFORE UPDATE OR DELETE ON receiving_lotpart
    FOR EACH ROW EXECUTE FUNCTION receiving_refuse_change();

CREATE FUNCTION receiving_guard_delivery_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM receiving_delivery WHERE id = OLD.delivery_id) <> 'ANNOUNCED' THEN
        RAISE EXCEPTION 'a delivery that was received or called off stays as it was (%)', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER receiving_delivery_line_stays BEFORE UPDATE OR DELETE ON receiving_deliveryline
    FOR EACH ROW EXECUTE FUNCTION receiving_guard_delivery_line();

CREATE FUNCTION receiving_guard_transfer_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.stock_id, NEW.quantity) IS DISTINCT FROM (OLD.stock_id, OLD.quantity)
       OR (SELECT state FROM receiving_transfer WHERE id = OLD.transfer_id) <> 'SENT' THEN
        RAISE EXCEPTION 'what left stays as it left (%)', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER receiving_transfer_line_stays BEFORE UPDATE OR DELETE ON receiving_transferline
    FOR EACH ROW EXECUTE FUNCTION receiving_guard_transfer_line();

CREATE FUNCTION receiving_guard_stocktake_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM receiving_stocktake WHERE id = OLD.stocktake_id) <> 'OPEN' THEN
        RAISE EXCEPTION 'a stocktake that ended stays as it was (%)', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER receiving_stocktake_line_stays BEFORE UPDATE OR DELETE ON receiving_stocktakeline
    FOR EACH ROW EXECUTE FUNCTION receiving_guard_stocktake_line();
"""

BACKWARD = """
DROP FUNCTION receiving_guard_stocktake_line() CASCADE;
DROP FUNCTION receiving_guard_transfer_line() CASCADE;
DROP FUNCTION receiving_guard_delivery_line() CASCADE;
DROP FUNCTION receiving_refuse_change() CASCADE;
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, ["receiving_lotpart"], but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, ["receiving_lotpart"], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("receiving", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
