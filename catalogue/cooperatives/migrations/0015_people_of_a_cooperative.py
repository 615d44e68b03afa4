"""What the office does with a cooperative, its contact and its people: who, when and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partner", "0014_closed"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterModelOptions(
            name='partner',
            options={'ordering': ('name', 'code'), 'permissions': [('dashboard_access', 'Can access dashboard'), ('close_partner', 'Can close a cooperative, and open it again')], 'verbose_name': 'cooperative', 'verbose_name_plural': 'cooperatives'},
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(help_text='E.164, can receive SMS', max_length=16)),
                ('name', models.CharField(max_length=120)),
                ('reason', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('PROPOSED', 'waits for a second person'), ('AGREED', 'agreed to'), ('REFUSED', 'refused')], default='PROPOSED', max_length=8)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-proposed_at', '-pk'],
                'permissions': [('approve_appointment', 'Can agree to an owner that somebody else proposed')],
                'default_permissions': ('add',),
            },
        ),
        migrations.CreateModel(
            name='CooperativeStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('contact', 'Contact changed'), ('owner_ask', 'An owner was proposed'), ('owner_made', 'An owner was agreed to'), ('owner_no', 'An owner was refused'), ('left', 'Someone works for it no more'), ('closed', 'Closed'), ('opened', 'Opened again')], max_length=10)),
                ('changed', models.JSONField(default=dict)),
                ('about', models.CharField(blank=True, help_text='whom it is about: name and phone', max_length=160)),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='appointment',
            name='cooperative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='partner.partner'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appointment',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cooperativestep',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cooperativestep',
            name='cooperative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='partner.partner'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('cooperative',), name='appointment_one_open'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='appointment_says_why'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'AGREED'), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='appointment_another_agrees'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__gte', models.F('proposed_at')), ('decided_by__isnull', False)), _connector='OR'), name='appointment_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='cooperativestep',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='cooperative_step_says_why'),
        ),
    ]
