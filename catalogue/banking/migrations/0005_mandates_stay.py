"""A mandate is proposed, decided on and ended once, never edited, and never deleted."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLE = "banking_mandate"

FORWARD = """
CREATE FUNCTION banking_guard_mandate() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    decided text[] := ARRAY['state', 'approved_by_id', 'approved_at', 'usable_from'];
    ended text[] := ARRAY['state', 'ended_by_id', 'ended_at', 'reason'];
    free text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'mandates stay' USING ERRCODE = 'restrict_violation';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PROPOSED' THEN
            RAISE EXCEPTION 'a mandate begins as a proposal' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    free := CASE
        WHEN OLD.state = 'PROPOSED' AND NEW.state = 'APPROVED' THEN decided
        WHEN OLD.state = 'PROPOSED' AND NEW.state IN ('REFUSED', 'WITHDRAWN') THEN ended
        WHEN OLD.state = 'APPROVED' AND NEW.state = 'APPROVED' AND OLD.ended_at IS NULL
             AND NEW.until_day IS NOT NULL AND NEW.until_day < coalesce(OLD.until_day, 'infinity')
            THEN ARRAY['until_day', 'ended_by_id', 'ended_at']
        ELSE ARRAY[]::text[]
    END;
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'a mandate is decided on and ended once, and never edited'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER mandate_stays BEFORE INSERT OR UPDATE OR DELETE ON banking_mandate
    FOR EACH ROW EXECUTE FUNCTION banking_guard_mandate();
CREATE TRIGGER mandates_stay BEFORE TRUNCATE ON banking_mandate
    FOR EACH STATEMENT EXECUTE FUNCTION banking_refuse_change();
"""

BACKWARD = """
DROP TRIGGER mandates_stay ON banking_mandate;
DROP TRIGGER mandate_stays ON banking_mandate;
DROP FUNCTION banking_guard_mandate();
"""


def keep_for_steps(apps, editor):
    revoke_from_application(editor, [TABLE], but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    revoke_from_application(editor, [TABLE], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("banking", "0004_mandates")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep_for_steps, open_for_all),
    ]
