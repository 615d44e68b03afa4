"""What a driver wrote, its photo and how it was seen to are written once; drivers are ended, never deleted."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLES = ("rounds_doorreport", "rounds_doorphoto", "rounds_reportclosed")

FORWARD = """
CREATE FUNCTION rounds_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was written at the door is written once (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

NEVER = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION rounds_refuse_change();
"""

BACKWARD = "DROP FUNCTION rounds_refuse_change() CASCADE;"


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")
    revoke_from_application(editor, ["rounds_driver"], but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    revoke_from_application(editor, [*TABLES, "rounds_driver"], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("rounds", "0001_drivers")]

    operations = [
        migrations.RunSQL(FORWARD + "".join(NEVER.format(table=table) for table in TABLES), BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
