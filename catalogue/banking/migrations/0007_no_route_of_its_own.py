"""Joining two cooperatives is closing one and proposing its account for the other: no route of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('banking', '0006_mistyped'),
    ]

    operations = [
        migrations.AlterField(
            model_name='bankaccount',
            name='route',
            field=models.CharField(choices=[('opening', "with the cooperative's first data"), ('portal', 'by the cooperative, on its pages'), ('office', "by the office, on the cooperative's behalf"), ('import', 'by a file of cooperatives')], max_length=7),
        ),
    ]
