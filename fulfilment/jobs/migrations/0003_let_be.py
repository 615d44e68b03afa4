"""Dead jobs may be let be, with a reason that is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from catalogue.kernel.roles import revoke_from_application

TABLES = ("jobs_letbe",)


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_leases_and_ends"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterModelOptions(
            name="job", options={"permissions": [("let_be_job", "Can let a job that failed be, with a reason")]}
        ),
        migrations.AddField(
            model_name="job",
            name="let_be_at",
            field=models.DateTimeField(blank=True, help_text="someone said why nobody sees to it any more", null=True),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(name="job_let_be_is_dead", condition=Q(let_be_at=None) | Q(state="DEAD")),
        ),
        migrations.CreateModel(
            name="LetBe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="let_be", to="jobs.job"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "default_permissions": (),
                "constraints": [models.CheckConstraint(name="job_let_be_says_why", condition=~Q(reason=""))],
            },
        ),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]
