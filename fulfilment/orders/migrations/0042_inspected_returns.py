"""Goods that came back wait for an inspection; a lot finds its order lines in an index alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lots', '0005_recalled_stays_recalled'),
        ('order', '0041_collected_in_shops'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Returned',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(help_text='of the parcel or the withdrawal', max_length=40)),
                ('quantity', models.PositiveIntegerField()),
                ('came_at', models.DateTimeField()),
                ('good', models.PositiveIntegerField(blank=True, help_text='put back into their lot; none: not inspected', null=True)),
                ('reason', models.CharField(blank=True, choices=[('damaged', 'damaged'), ('opened', 'opened'), ('warm', 'the cold chain was broken'), ('missing', 'missing in what came back'), ('other_lot', 'of another lot than what was sent'), ('spoilt', 'spoilt')], max_length=10)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('inspected_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['came_at', 'reference', 'pk'],
                'permissions': [('inspect_returned', 'Can say what becomes of goods that came back')],
            },
        ),
        migrations.RemoveIndex(
            model_name='allocation',
            name='allocation_held',
        ),
        migrations.AlterField(
            model_name='allocation',
            name='stock',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='lots.lotstock'),
        ),
        migrations.AddIndex(
            model_name='allocation',
            index=models.Index(fields=['stock', 'state'], include=('line', 'quantity'), name='allocation_of_a_lot'),
        ),
        migrations.AddField(
            model_name='returned',
            name='inspected_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='returned',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returned', to='order.line'),
        ),
        migrations.AddField(
            model_name='returned',
            name='stock',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returned', to='lots.lotstock'),
        ),
        migrations.CreateModel(
            name='ReturnedPhoto',
            fields=[
                ('returned', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='photo', serialize=False, to='order.returned')),
                ('content', models.BinaryField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('content', b''), _negated=True), name='returned_photo_not_empty')],
            },
        ),
        migrations.AddIndex(
            model_name='returned',
            index=models.Index(condition=models.Q(('inspected_at', None)), fields=['came_at'], name='returned_waiting'),
        ),
        migrations.AddConstraint(
            model_name='returned',
            constraint=models.UniqueConstraint(fields=('reference', 'line', 'stock'), name='returned_once'),
        ),
        migrations.AddConstraint(
            model_name='returned',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='returned_has_pieces'),
        ),
        migrations.AddConstraint(
            model_name='returned',
            constraint=models.CheckConstraint(condition=models.Q(('reference', ''), _negated=True), name='returned_has_a_cause'),
        ),
        migrations.AddConstraint(
            model_name='returned',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('good', None), ('inspected_at', None), ('inspected_by', None), ('note', ''), ('reason', '')), models.Q(('good__isnull', False), ('inspected_at__gte', models.F('came_at'))), _connector='OR'), name='returned_waits_or_was_inspected'),
        ),
        migrations.AddConstraint(
            model_name='returned',
            constraint=models.CheckConstraint(condition=models.Q(('good', None), models.Q(('good', models.F('quantity')), ('reason', '')), models.Q(('good__lt', models.F('quantity')), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='returned_all_good_or_for_a_reason'),
        ),
    ]
