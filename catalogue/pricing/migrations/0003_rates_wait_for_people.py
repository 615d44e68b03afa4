"""A rate is accepted, waits for a person, was refused or was replaced; the rows there are stay accepted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pricing', '0002_published_for_ever'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OldRateApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('approved_at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AlterModelOptions(
            name='exchangerate',
            options={'ordering': ['-day', 'currency', '-pk']},
        ),
        migrations.RemoveConstraint(
            model_name='exchangerate',
            name='rate_once_a_day',
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='compared_with',
            field=models.DecimalField(blank=True, decimal_places=6, help_text='the accepted rate it was compared with', max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='decided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='note',
            field=models.CharField(blank=True, help_text='the grounds of a decision', max_length=200),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='recorded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='state',
            field=models.CharField(choices=[('accepted', 'accepted'), ('waiting', 'waiting'), ('refused', 'refused'), ('replaced', 'replaced')], default='accepted', max_length=8),
        ),
        migrations.AddField(
            model_name='exchangerate',
            name='why',
            field=models.CharField(blank=True, choices=[('first', 'No earlier rate to compare it with.'), ('moved', 'It moved more than a rate usually does.'), ('differs', 'Another rate is accepted for this day.'), ('again', 'It was refused before.')], help_text='why it waits, or waited', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'accepted')), fields=('currency', 'day'), name='rate_accepted_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('currency', 'day', 'mad_per_unit'), name='rate_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('mad_per_unit__gte', 1), ('mad_per_unit__lte', 100)), name='rate_sane'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('currency__in', ['EUR', 'USD'])), name='rate_foreign'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), models.Q(('why', ''), _negated=True), ('decided_at__isnull', True), ('decided_by__isnull', True), ('note', '')), models.Q(('state', 'refused'), models.Q(('why', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('note', ''), _negated=True)), models.Q(('state__in', ['accepted', 'replaced']), ('why', ''), ('decided_at__isnull', True), ('decided_by__isnull', True), ('note', '')), models.Q(('state__in', ['accepted', 'replaced']), models.Q(('why', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='rate_decided_by_someone_or_not_at_all'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'refused']), ('recorded_by__isnull', True), ('decided_by__isnull', True), models.Q(('recorded_by', models.F('decided_by')), _negated=True), _connector='OR'), name='rate_accepted_by_another'),
        ),
        migrations.AddField(
            model_name='oldrateapproval',
            name='approved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='oldrateapproval',
            name='rate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='pricing.exchangerate'),
        ),
        migrations.AddConstraint(
            model_name='oldrateapproval',
            constraint=models.UniqueConstraint(fields=('rate', 'day'), name='old_rate_approved_once_a_day'),
        ),
    ]
