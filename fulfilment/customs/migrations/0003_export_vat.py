"""VAT that is due after all on an export: what was asked stays, and is answered once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalogue.kernel.roles import revoke_from_application

TABLES = ("customs_exportvat",)

FORWARD = """
CREATE FUNCTION customs_vat_is_answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answer <> ''
        OR (OLD.consignment_id, OLD.content, OLD.worth_mad, OLD.vat_mad, OLD.reason, OLD.asked_by_id, OLD.asked_at)
        IS DISTINCT FROM
        (NEW.consignment_id, NEW.content, NEW.worth_mad, NEW.vat_mad, NEW.reason, NEW.asked_by_id, NEW.asked_at) THEN
        RAISE EXCEPTION 'what was asked stays, and is answered once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'export_vat_answered_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER customs_vat_is_answered_once BEFORE UPDATE ON customs_exportvat
    FOR EACH ROW EXECUTE FUNCTION customs_vat_is_answered_once();
CREATE TRIGGER customs_exportvat_stays BEFORE DELETE OR TRUNCATE ON customs_exportvat
    FOR EACH STATEMENT EXECUTE FUNCTION customs_refuse_change();
"""

BACKWARD = """
DROP TRIGGER customs_exportvat_stays ON customs_exportvat;
DROP FUNCTION customs_vat_is_answered_once() CASCADE;
"""


def keep(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):

    dependencies = [
        ('customs', '0002_never_changed'),
        ('ledger', '0003_booked_on'),
        ('warehouse', '0006_packing_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportVat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField()),
                ('worth_mad', models.DecimalField(decimal_places=2, max_digits=12)),
                ('vat_mad', models.DecimalField(decimal_places=2, max_digits=12)),
                ('reason', models.CharField(max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, choices=[('AGREED', 'agreed'), ('DECLINED', 'declined'), ('DROPPED', 'taken back')], max_length=8)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='export_vat', to='warehouse.consignment')),
                ('entry', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='export_vat', to='ledger.entry')),
            ],
            options={
                'ordering': ['consignment_id', 'pk'],
                'permissions': [('approve_exportvat', 'Can agree that VAT is due on an export that somebody else asked for')],
                'default_permissions': ('add',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('answer__in', ['', 'AGREED'])), fields=('consignment',), name='export_vat_once'), models.CheckConstraint(condition=models.Q(('vat_mad__gte', 0), ('worth_mad__gte', models.F('vat_mad'))), name='export_vat_within_worth'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='export_vat_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='export_vat_answered_whole'), models.CheckConstraint(condition=models.Q(models.Q(('answer__in', ['AGREED', 'DECLINED']), _negated=True), models.Q(('answered_by', models.F('asked_by')), _negated=True), _connector='OR'), name='export_vat_two_persons'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'AGREED'), models.Q(models.Q(('entry', None), ('vat_mad', 0)), models.Q(('entry__isnull', False), ('vat_mad__gt', 0)), _connector='OR')), models.Q(models.Q(('answer', 'AGREED'), _negated=True), ('entry', None)), _connector='OR'), name='export_vat_agreed_is_booked')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep, open_for_all),
    ]
