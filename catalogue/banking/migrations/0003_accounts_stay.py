"""An account is proposed, decided on and ended, never edited; who was told, and who was there before, stays too."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

ADDED = ["banking_accountevent", "banking_formercontact"]

FORWARD = """
ALTER TABLE banking_bankaccount ADD CONSTRAINT account_rib_key CHECK (rib::numeric % 97 = 0);

CREATE FUNCTION banking_guard_new_account() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.route = 'opening' THEN
        IF EXISTS (SELECT FROM banking_bankaccount WHERE cooperative_id = NEW.cooperative_id) THEN
            RAISE EXCEPTION 'only the first account of a cooperative comes without being approved'
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.state <> 'PROPOSED' OR NEW.former_kept_at IS NOT NULL THEN
        RAISE EXCEPTION 'an account begins as a proposal' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION banking_guard_account() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    decided text[] := ARRAY['state', 'approved_by_id', 'approved_at', 'usable_from'];
    ended text[] := ARRAY['state', 'ended_by_id', 'ended_at', 'reason'];
    kept text[] := ARRAY['former_kept_by_id', 'former_kept_at'];
    free text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'accounts stay' USING ERRCODE = 'restrict_violation';
    END IF;
    free := CASE
        WHEN OLD.state = 'PROPOSED' AND NEW.state = 'APPROVED' THEN decided
        WHEN OLD.state = 'PROPOSED' AND NEW.state IN ('REFUSED', 'WITHDRAWN') THEN ended
        WHEN OLD.state = 'APPROVED' AND NEW.state = 'BLOCKED' THEN ended
        WHEN OLD.state = NEW.state AND OLD.state IN ('PROPOSED', 'APPROVED') AND OLD.former_kept_at IS NULL THEN kept
        ELSE ARRAY[]::text[]
    END;
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'an account is decided on and ended once, and never edited'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION banking_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened to accounts is only added to (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION banking_keep_former_contact() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO banking_formercontact (cooperative_id, phone, email, changed_at)
    VALUES (OLD.id, OLD.phone, OLD.email, now());
    RETURN NULL;
END $$;

CREATE TRIGGER account_begins BEFORE INSERT ON banking_bankaccount
    FOR EACH ROW EXECUTE FUNCTION banking_guard_new_account();
CREATE TRIGGER account_stays BEFORE UPDATE OR DELETE ON banking_bankaccount
    FOR EACH ROW EXECUTE FUNCTION banking_guard_account();
CREATE TRIGGER accounts_stay BEFORE TRUNCATE ON banking_bankaccount
    FOR EACH STATEMENT EXECUTE FUNCTION banking_refuse_change();
CREATE TRIGGER former_contact AFTER UPDATE OF phone, email ON partner_partner
    FOR EACH ROW WHEN (OLD.phone IS DISTINCT FROM NEW.phone OR OLD.email IS DISTINCT FROM NEW.email)
    EXECUTE FUNCTION banking_keep_former_contact();
""" + "".join(
    f"""
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION banking_refuse_change();
"""
    for table in ADDED
)

BACKWARD = """
DROP FUNCTION banking_keep_former_contact() CASCADE;
DROP FUNCTION banking_refuse_change() CASCADE;
DROP FUNCTION banking_guard_account() CASCADE;
DROP FUNCTION banking_guard_new_account() CASCADE;
ALTER TABLE banking_bankaccount DROP CONSTRAINT account_rib_key;
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, ADDED, but="SELECT, INSERT")
    revoke_from_application(editor, ["banking_bankaccount"], but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    revoke_from_application(editor, [*ADDED, "banking_bankaccount"], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("banking", "0002_accounts_of_before"), ("partner", "0013_accounts_stand_apart")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
