"""An application may end until its pages are open; its phone is proved first, and changed by two people only."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

GUARD = """
CREATE OR REPLACE FUNCTION joining_guard_application() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['state', 'owner_id', 'approved_by_id', 'offered_by_id', 'reason', 'accepted_by_name',
                         'accepted_at', 'codes_given', 'code_given_at', 'wrong_codes', 'cooperative_id'{free}];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'applications stay' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'SENT' THEN
            RAISE EXCEPTION 'an application begins by being sent' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN (
        {ways}
    ) OR (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'an application goes its way step by step, and keeps what was sent'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id, NEW.cooperative_id)
        IS DISTINCT FROM (OLD.approved_by_id, OLD.cooperative_id) THEN
        RAISE EXCEPTION 'an application is approved once' USING ERRCODE = 'restrict_violation';
    END IF;
    {phone}
    RETURN NEW;
END $$;
"""
BEFORE = GUARD.format(
    free="",
    ways="""'SENT>IN_REVIEW', 'SENT>REFUSED', 'IN_REVIEW>MORE_ASKED', 'IN_REVIEW>APPROVED', 'IN_REVIEW>REFUSED',
        'MORE_ASKED>IN_REVIEW', 'MORE_ASKED>REFUSED', 'APPROVED>AGREED', 'AGREED>ACTIVE'""",
    phone="",
)
AFTER = GUARD.format(
    free=", 'phone', 'phone_proved_at', 'links_given'",
    ways="""'SENT>IN_REVIEW', 'IN_REVIEW>MORE_ASKED', 'IN_REVIEW>APPROVED', 'MORE_ASKED>IN_REVIEW',
        'APPROVED>AGREED', 'AGREED>ACTIVE',
        'SENT>REFUSED', 'IN_REVIEW>REFUSED', 'MORE_ASKED>REFUSED', 'APPROVED>REFUSED', 'AGREED>REFUSED',
        'SENT>WITHDRAWN', 'IN_REVIEW>WITHDRAWN', 'MORE_ASKED>WITHDRAWN', 'APPROVED>WITHDRAWN', 'AGREED>WITHDRAWN'""",
    phone="""
    IF OLD.state <> NEW.state AND NEW.state = 'APPROVED' AND NEW.phone_proved_at IS NULL
        OR OLD.state = 'SENT' AND NEW.state = 'IN_REVIEW' AND NEW.phone_proved_at IS NULL THEN
        RAISE EXCEPTION 'nobody proved to have the phone of this application' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.phone <> NEW.phone AND (OLD.state <> 'SENT' OR OLD.phone_proved_at IS NOT NULL) AND NOT EXISTS (
        SELECT FROM joining_phonechange
        WHERE application_id = NEW.id AND state = 'AGREED' AND former_phone = OLD.phone AND phone = NEW.phone
    ) THEN
        RAISE EXCEPTION 'two people give a contact another phone' USING ERRCODE = 'restrict_violation';
    END IF;
    """,
)
FORWARD = (
    AFTER
    + """
CREATE FUNCTION joining_guard_phone_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['state', 'decided_by_id', 'decided_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PROPOSED' THEN
            RAISE EXCEPTION 'another phone begins as a proposal' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'PROPOSED' OR NEW.state = 'PROPOSED'
        OR (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'another phone is decided on once, and never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER phone_change_stays BEFORE INSERT OR UPDATE OR DELETE ON joining_phonechange
    FOR EACH ROW EXECUTE FUNCTION joining_guard_phone_change();
CREATE TRIGGER phone_changes_stay BEFORE TRUNCATE ON joining_phonechange
    FOR EACH STATEMENT EXECUTE FUNCTION joining_refuse_change();
"""
)
BACKWARD = BEFORE + "DROP FUNCTION joining_guard_phone_change() CASCADE;"


def keep(apps, editor):
    revoke_from_application(editor, ["joining_phonechange"], but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    revoke_from_application(editor, ["joining_phonechange"], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("joining", "0003_phones_proved")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(keep, open_for_all)]
