"""Papers, scans and export records are written once: the database refuses to change, delete or truncate them."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLES = ("customs_customspaper", "customs_proofscan", "customs_exportrecord")

FORWARD = """
CREATE FUNCTION customs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is written of an export is written once (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER row_only_ends BEFORE UPDATE OR DELETE ON customs_sdrrate
    FOR EACH ROW EXECUTE FUNCTION pricing_only_end_a_row();
"""

NEVER = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION customs_refuse_change();
"""

BACKWARD = "DROP TRIGGER row_only_ends ON customs_sdrrate; DROP FUNCTION customs_refuse_change() CASCADE;"


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("customs", "0001_customs"), ("pricing", "0008_stamp_duty")]

    operations = [
        migrations.RunSQL(FORWARD + "".join(NEVER.format(table=table) for table in TABLES), BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
