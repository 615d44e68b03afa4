"""A recorded rate keeps its currency, day and value, and what was decided about it: a correction is another row."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION pricing_keep_the_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.currency, NEW.day, NEW.mad_per_unit) IS DISTINCT FROM (OLD.currency, OLD.day, OLD.mad_per_unit) THEN
        RAISE EXCEPTION 'a recorded rate never changes: record another one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state = 'waiting' OR (OLD.state, NEW.state) = ('accepted', 'replaced')) THEN
        RAISE EXCEPTION 'a rate that is % cannot become %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER rate_keeps_its_value BEFORE UPDATE ON pricing_exchangerate
    FOR EACH ROW EXECUTE FUNCTION pricing_keep_the_rate();
"""

BACKWARD = """
DROP TRIGGER rate_keeps_its_value ON pricing_exchangerate;
DROP FUNCTION pricing_keep_the_rate();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_rates_wait_for_people")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
