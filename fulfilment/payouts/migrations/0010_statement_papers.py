"""Statements on paper: written once, for ever."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from catalogue.kernel.roles import revoke_from_application

TABLE = "payouts_statementpaper"
FORWARD = f"""
CREATE TRIGGER {TABLE}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_stays();
"""
STATES = [
    ("DRAFTED", "drafted"),
    ("APPROVED", "approved"),
    ("EXPORTED", "sent to the bank"),
    ("SETTLED", "paid"),
    ("RETURNED", "returned by the bank"),
    ("CANCELLED", "thrown away"),
]


def keep_for_adding(apps, editor):
    revoke_from_application(editor, [TABLE], but="SELECT, INSERT")


class Migration(migrations.Migration):
    dependencies = [("payouts", "0009_held_by_the_database")]

    operations = [
        migrations.CreateModel(
            name="StatementPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pdf", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("language", models.CharField(choices=[("ar", "Arabic"), ("fr", "French")], max_length=2)),
                ("state", models.CharField(choices=STATES, max_length=10)),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="payouts.payout"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payout", "language", "state"), name="statement_paper_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(("language__in", ("ar", "fr"))), name="statement_paper_language"
                    ),
                    models.CheckConstraint(condition=~Q(sha256=""), name="statement_paper_not_empty"),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, f"DROP TRIGGER {TABLE}_stays ON {TABLE};"),
        migrations.RunPython(keep_for_adding, migrations.RunPython.noop),
    ]
