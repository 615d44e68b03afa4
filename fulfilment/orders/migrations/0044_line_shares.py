"""What each of several cooperatives earns by an order line."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lots', '0007_shares_add_up'),
        ('order', '0043_inspected_once'),
        ('partner', '0013_accounts_stand_apart'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('per_mille', models.PositiveSmallIntegerField()),
                ('amount_mad', models.DecimalField(decimal_places=2, max_digits=12)),
                ('given_mad', models.DecimalField(decimal_places=2, max_digits=12)),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='line_shares', to='partner.partner')),
                ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='order.line')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='line_shares', to='lots.lot')),
            ],
            options={
                'ordering': ['line', 'lot', 'cooperative'],
                'constraints': [models.UniqueConstraint(fields=('line', 'lot', 'cooperative'), name='line_share_once'), models.CheckConstraint(condition=models.Q(('per_mille__gt', 0), ('per_mille__lte', 1000)), name='line_share_of_a_thousand'), models.CheckConstraint(condition=models.Q(('amount_mad__gte', 0), ('given_mad__gte', 0)), name='line_share_not_negative')],
            },
        ),
    ]
