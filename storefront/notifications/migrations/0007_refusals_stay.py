"""What someone said of reminders stays said: the last row counts, and rows are only added."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLE = "communication_refusal"
FORWARD = f"""
CREATE FUNCTION communication_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what someone refused is only added to (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {TABLE}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION communication_refuse_change();
"""
BACKWARD = "DROP FUNCTION communication_refuse_change() CASCADE;"


def keep_for_adding(apps, editor):
    revoke_from_application(editor, [TABLE], but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, [TABLE], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("communication", "0006_refusals")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
