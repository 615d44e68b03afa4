"""Credit notes: within their invoice, in its currency, and written once, whoever asks."""

import django.db.models.deletion
from django.db import migrations, models

from catalogue.kernel.roles import revoke_from_application

TABLES = ("invoices_creditnote", "invoices_creditpaper")

FORWARD = """
CREATE FUNCTION invoices_credit_within_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    invoice invoices_invoice%ROWTYPE;
    credited numeric;
BEGIN
    SELECT * INTO invoice FROM invoices_invoice WHERE id = NEW.invoice_id;
    SELECT sum(CASE WHEN cancels_id IS NULL THEN total_incl_tax ELSE -total_incl_tax END) INTO credited
        FROM invoices_creditnote WHERE invoice_id = NEW.invoice_id;
    IF credited < 0 OR credited > invoice.total_incl_tax THEN
        RAISE EXCEPTION 'credit notes of % exceed the % of invoice %', credited, invoice.total_incl_tax, invoice.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_notes_within_invoice';
    END IF;
    IF NEW.currency <> invoice.currency THEN
        RAISE EXCEPTION 'a credit note is in the currency of its invoice (% for %)', NEW.currency, invoice.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_in_its_currency';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER credit_notes_within_invoice AFTER INSERT ON invoices_creditnote
    FOR EACH ROW EXECUTE FUNCTION invoices_credit_within_invoice();
"""

NEVER = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse_change();
"""

BACKWARD = """
DROP TRIGGER invoices_creditpaper_never_changes ON invoices_creditpaper;
DROP TRIGGER invoices_creditnote_never_changes ON invoices_creditnote;
DROP TRIGGER credit_notes_within_invoice ON invoices_creditnote;
DROP FUNCTION invoices_credit_within_invoice();
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0002_never_changed'),
        ('payment', '0013_disputes'),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(unique=True)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'credit series',
            },
        ),
        migrations.CreateModel(
            name='CreditNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('sequence', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=20, unique=True)),
                ('issued_at', models.DateTimeField()),
                ('language', models.CharField(choices=[('ar', 'Arabic'), ('fr', 'French'), ('en', 'English')], max_length=2)),
                ('currency', models.CharField(choices=[('MAD', 'Moroccan dirham'), ('EUR', 'Euro'), ('USD', 'US dollar')], max_length=3)),
                ('total_excl_tax', models.DecimalField(decimal_places=2, max_digits=12)),
                ('total_incl_tax', models.DecimalField(decimal_places=2, max_digits=12)),
                ('content', models.JSONField()),
                ('cancels', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cancelled_by', to='invoices.creditnote')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='invoices.invoice')),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='payment.refund')),
            ],
            options={
                'ordering': ['year', 'sequence'],
            },
        ),
        migrations.CreateModel(
            name='CreditPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('note', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='invoices.creditnote')),
            ],
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.UniqueConstraint(fields=('year', 'sequence'), name='credit_note_number_once_a_year'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.UniqueConstraint(condition=models.Q(('cancels__isnull', True)), fields=('refund',), name='credit_note_once_a_refund'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='credit_note_sequence_positive'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('total_incl_tax__gt', 0), ('total_incl_tax__gte', models.F('total_excl_tax'))), name='credit_note_tax_within_total'),
        ),
        migrations.AddConstraint(
            model_name='creditpaper',
            constraint=models.CheckConstraint(condition=models.Q(('sha256', ''), _negated=True), name='credit_paper_not_empty'),
        ),
        migrations.RunSQL(FORWARD + "".join(NEVER.format(table=table) for table in TABLES), BACKWARD),
        migrations.RunPython(keep_for_adding, migrations.RunPython.noop),
    ]
