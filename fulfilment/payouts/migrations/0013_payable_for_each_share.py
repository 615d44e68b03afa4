"""One payable for each order line and cooperative: where several made a lot, each has its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('order', '0045_line_shares_stay'),
        ('partner', '0013_accounts_stand_apart'),
        ('payouts', '0012_advances_stay'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='payable',
            constraint=models.UniqueConstraint(fields=('order_line', 'cooperative'), name='payable_once'),
        ),
        migrations.AlterField(
            model_name='payable',
            name='order_line',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payables', to='order.line'),
        ),
    ]
