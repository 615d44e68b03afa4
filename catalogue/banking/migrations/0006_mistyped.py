"""A second person who types another number than the proposed one leaves a row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("banking", "0005_mandates_stay")]

    operations = [
        migrations.AlterField(
            model_name="accountevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "was there from the beginning"),
                    ("proposed", "proposed"),
                    ("approved", "approved"),
                    ("mistyped", "another number was typed"),
                    ("refused", "refused"),
                    ("withdrawn", "withdrawn"),
                    ("blocked", "blocked"),
                    ("former_kept", "former account kept meanwhile"),
                ],
                max_length=11,
            ),
        )
    ]
