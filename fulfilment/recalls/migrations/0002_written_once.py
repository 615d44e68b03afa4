"""A recall says for ever what was called back and why; it is closed once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION recalls_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.closed_at IS NULL AND
        to_jsonb(NEW) - '{closed_at,closed_by_id,closing_note}'::text[]
        = to_jsonb(OLD) - '{closed_at,closed_by_id,closing_note}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a recall is written once and closed once (%)', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER recalls_written_once BEFORE UPDATE OR DELETE ON recalls_recall
    FOR EACH ROW EXECUTE FUNCTION recalls_written_once();

CREATE FUNCTION recalls_lots_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'is_open' = to_jsonb(OLD) - 'is_open' AND NOT NEW.is_open THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the lots of a recall stay (%)', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER recalls_lots_stay BEFORE UPDATE OR DELETE ON recalls_recalledlot
    FOR EACH ROW EXECUTE FUNCTION recalls_lots_stay();
"""

BACKWARD = """
DROP TRIGGER recalls_lots_stay ON recalls_recalledlot;
DROP FUNCTION recalls_lots_stay();
DROP TRIGGER recalls_written_once ON recalls_recall;
DROP FUNCTION recalls_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("recalls", "0001_recalls")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
