"""Runs of before there were cycles paid from the bank at once: they are over."""

from django.db import migrations

CLOSE = "UPDATE payouts_payoutrun SET state = 'CLOSED' WHERE cycle = ''"


class NoWayBack(Exception):
    """Payouts that were sent in steps cannot be told as if they had been paid at once."""


def refuse_after_steps(apps, editor):
    if apps.get_model("payouts", "PayoutRun").objects.exclude(cycle="").exists():
        raise NoWayBack("Runs were made in steps since; the version before this one does not know them.")


class Migration(migrations.Migration):
    dependencies = [("payouts", "0007_runs_in_steps")]

    operations = [
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
        migrations.RunPython(migrations.RunPython.noop, refuse_after_steps),
    ]
