"""What each of several cooperatives made of a lot."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lots', '0005_recalled_stays_recalled'),
        ('partner', '0013_accounts_stand_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LotShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('per_mille', models.PositiveSmallIntegerField()),
                ('said_at', models.DateTimeField()),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lot_shares', to='partner.partner')),
                ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='lots.lot')),
                ('said_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['lot', 'cooperative'],
                'constraints': [models.UniqueConstraint(fields=('lot', 'cooperative'), name='lot_share_once'), models.CheckConstraint(condition=models.Q(('per_mille__gt', 0), ('per_mille__lte', 1000)), name='lot_share_of_a_thousand')],
            },
        ),
    ]
