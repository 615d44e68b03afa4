"""Questions about lines of statements; what was said is only added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalogue.kernel.roles import revoke_from_application


def keep_for_adding(apps, editor):
    revoke_from_application(editor, ["questions_message"], but="SELECT, INSERT")
    revoke_from_application(editor, ["questions_question"], but="SELECT, INSERT, UPDATE")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0003_booked_on'),
        ('partner', '0013_accounts_stand_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('OPEN', 'waits for an answer'), ('ANSWERED', 'answered')], default='OPEN', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('waits_since', models.DateTimeField(blank=True, null=True)),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='partner.partner')),
                ('ledger_line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='question', to='ledger.line')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text='1, 2, 3 … within its question')),
                ('by_office', models.BooleanField()),
                ('text', models.CharField(max_length=1000)),
                ('key', models.UUIDField(help_text='carried by the form, so that a second press finds the first', unique=True)),
                ('written_at', models.DateTimeField()),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='questions.question')),
            ],
            options={
                'ordering': ['question_id', 'number'],
            },
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('state', 'OPEN')), fields=['waits_since'], name='question_waits'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'OPEN'), ('waits_since', None), _connector='XOR'), name='question_waits_or_not'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('question', 'number'), name='question_message_number_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='question_message_not_empty'),
        ),
        migrations.RunPython(keep_for_adding, migrations.RunPython.noop),
    ]
