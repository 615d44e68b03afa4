"""Which account a bank's statement is of, and from which day to which: so that a missing one is seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0014_endings")]

    operations = [
        migrations.AddField(
            model_name='bankfile',
            name='account',
            field=models.CharField(blank=True, help_text='our IBAN', max_length=34),
        ),
        migrations.AddField(
            model_name='bankfile',
            name='first_day',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='bankfile',
            name='last_day',
            field=models.DateField(blank=True, null=True),
        ),
    ]
