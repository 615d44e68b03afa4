"""A cooperative may be closed for good; its company number is then free, and one open cooperative has it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partner", "0013_accounts_stand_apart")]

    operations = [
        migrations.AddField(
            model_name='partner',
            name='closed_at',
            field=models.DateTimeField(blank=True, help_text='it left, or never opened: its numbers are free', null=True),
        ),
        migrations.AddConstraint(
            model_name='partner',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('is_active', False), _connector='OR'), name='cooperative_closed_is_not_active'),
        ),
        migrations.AddConstraint(
            model_name='partner',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('ice',), name='cooperative_ice_once'),
        ),
    ]
