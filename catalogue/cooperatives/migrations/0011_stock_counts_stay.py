"""A count that was made stays: the database refuses to change or delete it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION stock_count_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a stock count is only added, never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER stock_count_stays BEFORE UPDATE OR DELETE ON partner_stockcount
    FOR EACH ROW EXECUTE FUNCTION stock_count_refuse_change();
"""

BACKWARD = """
DROP TRIGGER stock_count_stays ON partner_stockcount;
DROP FUNCTION stock_count_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("partner", "0010_stock_counts")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
