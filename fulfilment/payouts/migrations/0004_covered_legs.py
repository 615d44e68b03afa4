import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Greatest


class Migration(migrations.Migration):
    """Room for what the ledger cannot say, beside what stands there until it is moved."""

    dependencies = [
        ('ledger', '0002_written_for_ever'),
        ('order', '0037_confirmations'),
        ('payouts', '0003_payout_settled_has_time'),
        ('warehouse', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PayoutLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ledger_line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payout_line', to='ledger.line')),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payouts.payout')),
            ],
        ),
        migrations.CreateModel(
            name='OrderCash',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('in_at', models.DateTimeField(blank=True, null=True)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='cash', to='order.order')),
            ],
        ),
        migrations.CreateModel(
            name='Freeze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dispute', models.BigIntegerField(unique=True)),
                ('frozen_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='freezes', to='order.order')),
            ],
            options={
                'indexes': [models.Index(condition=Q(('lifted_at', None)), fields=['order'], name='freeze_open')],
                'constraints': [
                    models.CheckConstraint(
                        condition=Q(('lifted_at', None), ('lifted_at__gte', F('frozen_at')), _connector='OR'),
                        name='freeze_ends_after_start',
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name='payable',
            name='withdrawal_ends_at',
            field=models.DateTimeField(blank=True, null=True, help_text='from then on nothing is sent back'),
        ),
        migrations.AddField(
            model_name='payable',
            name='money_in_at',
            field=models.DateTimeField(
                blank=True, null=True, help_text="when the buyer's money was with the office"
            ),
        ),
        migrations.AddField(
            model_name='payable',
            name='payable_from',
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        money_in_at__isnull=False,
                        then=Greatest(F('withdrawal_ends_at'), F('money_in_at')),
                        withdrawal_ends_at__isnull=False,
                    )
                ),
                output_field=models.DateTimeField(null=True),
            ),
        ),
    ]
