"""Whoever asked to open a month again may take it back, which is no answer of a second person."""

from django.db import migrations, models
from django.db.models import F, Q

ANSWERS = [("OPENED", "opened again"), ("DECLINED", "declined"), ("DROPPED", "taken back")]
KINDS = [
    ("SIGNED", "signed first"),
    ("VOIDED", "the figures changed: the signature is void"),
    ("LOCKED", "signed second, and locked"),
    ("ASKED", "asked to be opened again"),
    ("DECLINED", "not opened again"),
    ("DROPPED", "not asked for any more"),
    ("OPENED", "opened again"),
]


class Migration(migrations.Migration):
    dependencies = [("closing", "0002_locked_months")]

    operations = [
        migrations.AlterField(
            model_name="reopening", name="answer", field=models.CharField(blank=True, choices=ANSWERS, max_length=8)
        ),
        migrations.AlterField(
            model_name="monthevent", name="kind", field=models.CharField(choices=KINDS, max_length=8)
        ),
        migrations.RemoveConstraint(model_name="reopening", name="closing_reopening_two_persons"),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.CheckConstraint(
                name="closing_reopening_two_persons",
                condition=Q(answered_by=None)
                | Q(answer="DROPPED", answered_by=F("asked_by"))
                | ~Q(answer="DROPPED") & ~Q(answered_by=F("asked_by")),
            ),
        ),
    ]
