from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('payouts', '0002_owed_lines'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(
                name='payout_settled_has_time', condition=~Q(state='SETTLED') | Q(settled_at__isnull=False)
            ),
        ),
    ]
