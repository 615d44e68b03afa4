"""A recalled lot is never released, blocked or checked again, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION lots_stays_recalled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lot % is recalled and stays so', OLD.number USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER lots_recalled_stays BEFORE UPDATE OF state ON lots_lot
    FOR EACH ROW WHEN (OLD.state = 'RECALLED' AND NEW.state <> 'RECALLED')
    EXECUTE FUNCTION lots_stays_recalled();
"""

BACKWARD = """
DROP TRIGGER lots_recalled_stays ON lots_lot;
DROP FUNCTION lots_stays_recalled();
"""


class Migration(migrations.Migration):
    dependencies = [("lots", "0004_who_decides")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
