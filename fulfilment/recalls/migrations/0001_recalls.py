"""Recalls and the lots that they call back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('lots', '0005_recalled_stays_recalled'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('danger', models.CharField(choices=[('germs', 'germs that can make ill were found'), ('foreign_body', 'pieces of glass, metal or plastic may be inside'), ('allergen', 'it holds an allergen that its label does not name'), ('residues', 'residues above what is allowed were found'), ('date', 'a wrong date stands on it'), ('other', 'it may not be safe')], max_length=12, verbose_name='what is wrong')),
                ('source', models.CharField(choices=[('fault', 'a fault was found'), ('complaints', 'buyers complained'), ('authority', 'asked by the authorities'), ('cooperative', 'asked by the cooperative')], max_length=12, verbose_name='who found it')),
                ('words_ar', models.CharField(blank=True, max_length=200)),
                ('words_fr', models.CharField(blank=True, max_length=200)),
                ('words_en', models.CharField(blank=True, max_length=200)),
                ('key', models.UUIDField(help_text='from the form: pressed twice, it is one recall', unique=True)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closing_note', models.CharField(blank=True, max_length=500)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RecalledLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_open', models.BooleanField(default=True)),
                ('holds', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lots.lot')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='lots.lot')),
                ('recall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='recalls.recall')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='recall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('danger', 'other'), _negated=True), models.Q(models.Q(('words_ar', ''), _negated=True), models.Q(('words_fr', ''), _negated=True), models.Q(('words_en', ''), _negated=True)), _connector='OR'), name='recall_says_what_is_wrong'),
        ),
        migrations.AddConstraint(
            model_name='recall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('closing_note', '')), models.Q(('closed_at__gte', models.F('opened_at')), ('closed_by__isnull', False), models.Q(('closing_note', ''), _negated=True)), _connector='OR'), name='recall_closed_by_someone_who_says_how'),
        ),
        migrations.AddConstraint(
            model_name='recalledlot',
            constraint=models.UniqueConstraint(fields=('recall', 'lot'), name='recalled_lot_once'),
        ),
        migrations.AddConstraint(
            model_name='recalledlot',
            constraint=models.UniqueConstraint(condition=models.Q(('holds', None), ('is_open', True)), fields=('lot',), name='recalled_lot_named_in_one_open_recall'),
        ),
    ]
