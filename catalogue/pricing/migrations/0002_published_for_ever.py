"""What is published stays as it was: the database refuses to change or delete it, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION pricing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published price never changes (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION pricing_only_end_a_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ends_at IS NOT NULL OR NEW.ends_at IS NULL
       OR (to_jsonb(NEW) - 'ends_at') IS DISTINCT FROM (to_jsonb(OLD) - 'ends_at') THEN
        RAISE EXCEPTION 'a published price list can only be ended, once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER price_never_changes BEFORE UPDATE OR DELETE ON pricing_price
    FOR EACH ROW EXECUTE FUNCTION pricing_refuse_change();
CREATE TRIGGER price_list_never_goes BEFORE DELETE ON pricing_pricelist
    FOR EACH ROW EXECUTE FUNCTION pricing_refuse_change();
CREATE TRIGGER price_list_only_ends BEFORE UPDATE ON pricing_pricelist
    FOR EACH ROW EXECUTE FUNCTION pricing_only_end_a_list();
"""

BACKWARD = """
DROP TRIGGER price_list_only_ends ON pricing_pricelist;
DROP TRIGGER price_list_never_goes ON pricing_pricelist;
DROP TRIGGER price_never_changes ON pricing_price;
DROP FUNCTION pricing_only_end_a_list();
DROP FUNCTION pricing_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
