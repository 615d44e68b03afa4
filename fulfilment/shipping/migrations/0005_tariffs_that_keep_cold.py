from django.db import migrations, models


def mark_the_quick_ones(apps, schema_editor):
    """Say of tariffs loaded earlier what a load says of new ones: at home, to the door, within two days."""
    tariffs = apps.get_model("shipping", "Tariff").objects.filter(zone__scope="domestic", lead_max_days__lte=2)
    tariffs.exclude(method="relay").update(cold_chain=True)


class Migration(migrations.Migration):

    dependencies = [("shipping", "0004_zones_and_tariffs")]

    operations = [
        migrations.AddField(
            model_name='tariff',
            name='cold_chain',
            field=models.BooleanField(default=False, help_text='goods that must stay cold may travel by it'),
        ),
        migrations.RunPython(mark_the_quick_ones, migrations.RunPython.noop),
    ]
