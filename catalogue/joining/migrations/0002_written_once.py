"""Applications go their way and keep what was sent; papers, steps and payout terms are only added to."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

ADDED = ["joining_document", "joining_step", "joining_payoutterms"]
KEPT = ["joining_application", "joining_feeagreement"]

FORWARD = """
CREATE FUNCTION joining_guard_application() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['state', 'owner_id', 'approved_by_id', 'offered_by_id', 'reason', 'accepted_by_name',
                         'accepted_at', 'codes_given', 'code_given_at', 'wrong_codes', 'cooperative_id'];
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
        'SENT>IN_REVIEW', 'SENT>REFUSED', 'IN_REVIEW>MORE_ASKED', 'IN_REVIEW>APPROVED', 'IN_REVIEW>REFUSED',
        'MORE_ASKED>IN_REVIEW', 'MORE_ASKED>REFUSED', 'APPROVED>AGREED', 'AGREED>ACTIVE'
    ) OR (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'an application goes its way step by step, and keeps what was sent'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id, NEW.cooperative_id)
        IS DISTINCT FROM (OLD.approved_by_id, OLD.cooperative_id) THEN
        RAISE EXCEPTION 'an application is approved once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION joining_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened in joining is only added to (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER application_goes_its_way BEFORE INSERT OR UPDATE OR DELETE ON joining_application
    FOR EACH ROW EXECUTE FUNCTION joining_guard_application();
CREATE TRIGGER applications_stay BEFORE TRUNCATE ON joining_application
    FOR EACH STATEMENT EXECUTE FUNCTION joining_refuse_change();
CREATE TRIGGER row_only_ends BEFORE UPDATE OR DELETE ON joining_feeagreement
    FOR EACH ROW EXECUTE FUNCTION pricing_only_end_a_row();
""" + "".join(
    f"""
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION joining_refuse_change();
"""
    for table in ADDED
)

BACKWARD = """
DROP TRIGGER row_only_ends ON joining_feeagreement;
DROP FUNCTION joining_refuse_change() CASCADE;
DROP FUNCTION joining_guard_application() CASCADE;
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, ADDED, but="SELECT, INSERT")
    revoke_from_application(editor, KEPT, but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    revoke_from_application(editor, [*ADDED, *KEPT], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("joining", "0001_joining"), ("pricing", "0008_stamp_duty")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
