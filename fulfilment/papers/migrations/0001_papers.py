"""Papers of parcels and manifests: written once, and a manifest takes no parcel more than it says."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalogue.kernel.roles import revoke_from_application

TABLES = ("papers_parcelpaper", "papers_manifest", "papers_manifestline", "papers_manifestpaper")

FORWARD = """
CREATE FUNCTION papers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a paper is written once (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION papers_manifest_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.place > (SELECT parcels FROM papers_manifest WHERE id = NEW.manifest_id) THEN
        RAISE EXCEPTION 'a manifest takes no parcel more than it says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'manifest_is_closed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER manifest_is_closed BEFORE INSERT ON papers_manifestline
    FOR EACH ROW EXECUTE FUNCTION papers_manifest_is_closed();
"""

NEVER = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION papers_refuse_change();
"""

BACKWARD = """
DROP FUNCTION papers_manifest_is_closed() CASCADE;
DROP FUNCTION papers_refuse_change() CASCADE;
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('shipping', '0007_couriers'),
        ('warehouse', '0002_at_the_door'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ManifestSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(unique=True)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'manifest series',
            },
        ),
        migrations.CreateModel(
            name='Manifest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('sequence', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=20, unique=True)),
                ('parcels', models.PositiveSmallIntegerField()),
                ('language', models.CharField(choices=[('ar', 'Arabic'), ('fr', 'French'), ('en', 'English')], max_length=2)),
                ('made_at', models.DateTimeField()),
                ('courier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='manifests', to='shipping.courier')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-year', '-sequence'],
            },
        ),
        migrations.CreateModel(
            name='ManifestLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('weight_g', models.PositiveIntegerField(blank=True, null=True)),
                ('cash_mad', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('consignment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='manifest_line', to='warehouse.consignment')),
                ('manifest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='papers.manifest')),
            ],
            options={
                'ordering': ['manifest_id', 'place'],
            },
        ),
        migrations.CreateModel(
            name='ManifestPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('manifest', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='papers.manifest')),
            ],
        ),
        migrations.CreateModel(
            name='ParcelPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('label', 'label'), ('slip', 'packing slip')], max_length=8)),
                ('version', models.PositiveSmallIntegerField()),
                ('language', models.CharField(choices=[('ar', 'Arabic'), ('fr', 'French'), ('en', 'English')], max_length=2)),
                ('content_sha256', models.CharField(max_length=64)),
                ('consignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='warehouse.consignment')),
            ],
            options={
                'ordering': ['consignment_id', 'kind', 'version'],
            },
        ),
        migrations.AddConstraint(
            model_name='manifest',
            constraint=models.UniqueConstraint(fields=('year', 'sequence'), name='manifest_number_once_a_year'),
        ),
        migrations.AddConstraint(
            model_name='manifest',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='manifest_sequence_positive'),
        ),
        migrations.AddConstraint(
            model_name='manifest',
            constraint=models.CheckConstraint(condition=models.Q(('parcels__gt', 0)), name='manifest_has_parcels'),
        ),
        migrations.AddConstraint(
            model_name='manifestline',
            constraint=models.UniqueConstraint(fields=('manifest', 'place'), name='manifest_place_once'),
        ),
        migrations.AddConstraint(
            model_name='manifestline',
            constraint=models.CheckConstraint(condition=models.Q(('place__gt', 0)), name='manifest_place_counts'),
        ),
        migrations.AddConstraint(
            model_name='manifestline',
            constraint=models.CheckConstraint(condition=models.Q(('cash_mad', None), ('cash_mad__gte', 0), _connector='OR'), name='manifest_cash_positive'),
        ),
        migrations.AddConstraint(
            model_name='manifestpaper',
            constraint=models.CheckConstraint(condition=models.Q(('sha256', ''), _negated=True), name='manifest_paper_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='parcelpaper',
            constraint=models.UniqueConstraint(fields=('consignment', 'kind', 'version'), name='parcel_paper_version_once'),
        ),
        migrations.AddConstraint(
            model_name='parcelpaper',
            constraint=models.CheckConstraint(condition=models.Q(('version__gt', 0)), name='parcel_paper_version_counts'),
        ),
        migrations.AddConstraint(
            model_name='parcelpaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sha256', ''), _negated=True), models.Q(('content_sha256', ''), _negated=True)), name='parcel_paper_not_empty'),
        ),
        migrations.RunSQL(FORWARD + "".join(NEVER.format(table=table) for table in TABLES), BACKWARD),
        migrations.RunPython(keep_for_adding, migrations.RunPython.noop),
    ]
