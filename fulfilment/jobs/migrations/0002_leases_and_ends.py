from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0001_initial'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(
                name='job_running_has_a_lease',
                condition=Q(state='RUNNING', lease__isnull=False, leased_until__isnull=False)
                | (~Q(state='RUNNING') & Q(lease__isnull=True, leased_until__isnull=True)),
            ),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(
                name='job_done_has_time', condition=~Q(state='DONE') | Q(done_at__isnull=False)
            ),
        ),
    ]
