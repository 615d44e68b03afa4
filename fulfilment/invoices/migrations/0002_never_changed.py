"""An invoice and its paper are written once: the database refuses to change, delete or truncate them, whoever asks."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLES = ("invoices_invoice", "invoices_paper")

FORWARD = """
CREATE FUNCTION invoices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an invoice is written once (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

NEVER = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse_change();
"""

BACKWARD = "DROP FUNCTION invoices_refuse_change() CASCADE;"


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_invoices")]

    operations = [
        migrations.RunSQL(FORWARD + "".join(NEVER.format(table=table) for table in TABLES), BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
