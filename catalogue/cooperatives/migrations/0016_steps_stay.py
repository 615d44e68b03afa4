"""What the office did with a cooperative is only added; an owner is decided on once."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

FORWARD = """
CREATE FUNCTION cooperative_guard_appointment() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['state', 'decided_by_id', 'decided_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PROPOSED' THEN
            RAISE EXCEPTION 'an owner begins as a proposal' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'PROPOSED' OR NEW.state = 'PROPOSED'
        OR (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'an owner is decided on once, and never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION cooperative_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what the office did with a cooperative is only added to (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER appointment_stays BEFORE INSERT OR UPDATE OR DELETE ON partner_appointment
    FOR EACH ROW EXECUTE FUNCTION cooperative_guard_appointment();
CREATE TRIGGER appointments_stay BEFORE TRUNCATE ON partner_appointment
    FOR EACH STATEMENT EXECUTE FUNCTION cooperative_refuse_change();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON partner_cooperativestep
    FOR EACH STATEMENT EXECUTE FUNCTION cooperative_refuse_change();
"""
BACKWARD = """
DROP FUNCTION cooperative_refuse_change() CASCADE;
DROP FUNCTION cooperative_guard_appointment() CASCADE;
"""


def keep(apps, editor):
    revoke_from_application(editor, ["partner_cooperativestep"], but="SELECT, INSERT")
    revoke_from_application(editor, ["partner_appointment"], but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    tables = ["partner_cooperativestep", "partner_appointment"]
    revoke_from_application(editor, tables, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("partner", "0015_people_of_a_cooperative")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(keep, open_for_all)]
