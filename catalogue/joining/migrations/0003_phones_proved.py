"""The phone of an application is proved, and another is two people's; an application ends also after its approval."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('address', '0009_holidays'),
        ('joining', '0002_written_once'),
        ('partner', '0014_closed'),
        ('partner', '0013_accounts_stand_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PhoneChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('former_phone', models.CharField(max_length=16)),
                ('phone', models.CharField(help_text='E.164, can receive SMS', max_length=16)),
                ('reason', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('PROPOSED', 'waits for a second person'), ('AGREED', 'agreed to'), ('REFUSED', 'refused')], default='PROPOSED', max_length=8)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-proposed_at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_ice_once',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_register_once',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_phone_once',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_refused_with_reason',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_approved_whole',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_agreed_whole',
        ),
        migrations.AddField(
            model_name='application',
            name='links_given',
            field=models.PositiveSmallIntegerField(default=0, help_text='another phone gets another address'),
        ),
        migrations.AddField(
            model_name='application',
            name='phone_proved_at',
            field=models.DateTimeField(blank=True, help_text='a code sent to it came back', null=True),
        ),
        migrations.AlterField(
            model_name='application',
            name='reason',
            field=models.CharField(blank=True, help_text='why it ended, or what is asked for', max_length=300),
        ),
        migrations.AlterField(
            model_name='application',
            name='state',
            field=models.CharField(choices=[('SENT', 'sent'), ('IN_REVIEW', 'being looked at'), ('MORE_ASKED', 'something is missing'), ('APPROVED', 'approved'), ('REFUSED', 'refused'), ('WITHDRAWN', 'withdrawn'), ('AGREED', 'terms agreed to'), ('ACTIVE', 'open')], default='SENT', max_length=10),
        ),
        migrations.AlterField(
            model_name='step',
            name='kind',
            field=models.CharField(choices=[('sent', 'The application was sent'), ('proved', 'The code sent to the phone came back'), ('taken', 'The office looks at it'), ('more_asked', 'The office asks for more'), ('more_sent', 'More was sent'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('phone_ask', 'Another phone was proposed for the contact'), ('phone_set', 'The contact has another phone'), ('phone_kept', 'The contact keeps the phone'), ('offered', 'The office wrote down the terms'), ('agreed', 'The terms were agreed to'), ('activated', 'Opened with the code')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['REFUSED', 'WITHDRAWN']), _negated=True), fields=('ice',), name='application_ice_once'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['REFUSED', 'WITHDRAWN']), _negated=True), fields=('register_no',), name='application_register_once'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['REFUSED', 'WITHDRAWN', 'ACTIVE']), _negated=True), fields=('phone',), name='application_phone_once'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['REFUSED', 'WITHDRAWN', 'MORE_ASKED']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='application_refused_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', False), ('cooperative__isnull', False), ('state__in', ['APPROVED', 'AGREED', 'ACTIVE'])), models.Q(('approved_by', None), ('cooperative', None), ('state__in', ['SENT', 'IN_REVIEW', 'MORE_ASKED'])), models.Q(('approved_by', None), ('cooperative', None), ('state__in', ['REFUSED', 'WITHDRAWN'])), models.Q(('approved_by__isnull', False), ('cooperative__isnull', False), ('state__in', ['REFUSED', 'WITHDRAWN'])), _connector='OR'), name='application_approved_whole'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('offered_by__isnull', False), ('state__in', ['AGREED', 'ACTIVE']), models.Q(('accepted_by_name', ''), _negated=True)), models.Q(models.Q(('state__in', ['AGREED', 'ACTIVE']), _negated=True), ('accepted_at', None), ('accepted_by_name', '')), models.Q(('accepted_at__isnull', False), ('offered_by__isnull', False), ('state__in', ['REFUSED', 'WITHDRAWN'])), _connector='OR'), name='application_agreed_whole'),
        ),
        migrations.AddField(
            model_name='phonechange',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phone_changes', to='joining.application'),
        ),
        migrations.AddField(
            model_name='phonechange',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='phonechange',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='phonechange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('application',), name='phone_change_one_open'),
        ),
        migrations.AddConstraint(
            model_name='phonechange',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='phone_change_says_why'),
        ),
        migrations.AddConstraint(
            model_name='phonechange',
            constraint=models.CheckConstraint(condition=models.Q(('phone', models.F('former_phone')), _negated=True), name='phone_change_to_another'),
        ),
        migrations.AddConstraint(
            model_name='phonechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'AGREED'), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='phone_change_another_agrees'),
        ),
        migrations.AddConstraint(
            model_name='phonechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__gte', models.F('proposed_at')), ('decided_by__isnull', False)), _connector='OR'), name='phone_change_decided_whole'),
        ),
    ]
