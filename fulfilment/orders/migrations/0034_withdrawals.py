"""Periods of withdrawal with the rows of today's law, what each line sold so far was promised, and withdrawals."""

import catalogue.kernel.ranges
import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

BEGINNING = "2000-01-01"
MOROCCO = "law 31-08, article 36"
EU = "directive 2011/83, article 9"
GB = "Consumer Contracts Regulations 2013, regulation 30"
SPOILS = {
    "MA": "law 31-08, article 38",
    "EU": "directive 2011/83, article 16(d)",
    "EFTA": "directive 2011/83, article 16(d)",
    "GB": "Consumer Contracts Regulations 2013, regulation 28",
    "*": "as at home",
}
OPENED = {
    "MA": "law 31-08, article 38: by its nature not to be sent again",
    "EU": "directive 2011/83, article 16(e)",
    "EFTA": "directive 2011/83, article 16(e)",
    "GB": "Consumer Contracts Regulations 2013, regulation 28",
    "*": "as at home",
}
DAYS = {"MA": (7, MOROCCO), "EU": (14, EU), "EFTA": (14, EU), "GB": (14, GB), "*": (7, "the seller's law: " + MOROCCO)}
ROWS = [
    row
    for place, (days, source) in DAYS.items()
    for row in (
        (place, "ordinary", days, "", False, source),
        (place, "sealed", days, "", True, OPENED[place]),
        (place, "perishable", 0, "spoils", False, SPOILS[place]),
    )
]

FILL = """
UPDATE order_line AS line
   SET withdrawal_period_id = (
       SELECT period.id FROM order_withdrawalperiod AS period
        WHERE period.product_class = sold.product_class
          AND period.destination IN (sold.destination, sold.block, '*')
        ORDER BY period.destination = sold.destination DESC, period.destination = sold.block DESC LIMIT 1)
  FROM (
       SELECT line.id, orders.destination, coalesce(country.block, '') AS block,
              CASE WHEN product.cold_chain OR product.date_type = 'DLC' OR product.shelf_life_days <= 30
                   THEN 'perishable'
                   WHEN product.kind IN ('food', 'cosmetic', 'gift') THEN 'sealed'
                   ELSE 'ordinary' END AS product_class
         FROM order_line AS line
         JOIN order_order AS orders ON orders.id = line.order_id
         LEFT JOIN catalogue_product AS product ON product.id = line.product_id
         LEFT JOIN shipping_deliverycountry AS country ON country.iso2 = orders.destination
  ) AS sold
 WHERE sold.id = line.id
"""


def write_rows(apps, schema_editor):
    period = apps.get_model("order", "WithdrawalPeriod")
    now = timezone.now()
    period.objects.bulk_create(
        period(
            destination=place,
            product_class=kind,
            days=days,
            excluded=excluded,
            unopened_only=unopened,
            note=note,
            valid_from=BEGINNING,
            written_at=now,
        )
        for place, kind, days, excluded, unopened, note in ROWS
    )


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0033_families_and_languages'),
        ('order', '0033_transfers_and_invoices'),
        ('pricing', '0006_dated_rows_only_end'),
        ('shipping', '0006_import_rules_and_permissions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text='1, 2, 3 … within its order')),
                ('state', models.CharField(choices=[('DECLARED', 'declared'), ('RECEIVED', 'goods received'), ('ACCEPTED', 'accepted'), ('REJECTED', 'rejected'), ('CANCELLED', 'taken back by the buyer')], default='DECLARED', max_length=10)),
                ('confirmation', models.CharField(max_length=40)),
                ('declared_name', models.CharField(max_length=200)),
                ('declared_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, help_text='accepted, rejected or taken back', null=True)),
                ('rejection', models.CharField(blank=True, choices=[('NOT_SENT', 'the goods did not come back'), ('OPENED', 'the seal was broken'), ('USED', 'used or damaged beyond trying'), ('OTHER_GOODS', 'other goods came back')], max_length=12)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('delivery', models.BooleanField(default=False)),
                ('declared_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='order.order')),
            ],
            options={
                'ordering': ['-declared_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='WithdrawalLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('back', models.PositiveIntegerField(blank=True, null=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal_lines', to='order.line')),
                ('withdrawal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='order.withdrawal')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='WithdrawalPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='until, that day excluded')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='source or reason')),
                ('written_at', models.DateTimeField()),
                ('destination', models.CharField(max_length=8, verbose_name='destination')),
                ('product_class', models.CharField(choices=[('ordinary', 'crafts and other things that keep'), ('sealed', 'sealed food and cosmetics'), ('perishable', 'what spoils quickly')], max_length=12, verbose_name='kind of goods')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days to send it back')),
                ('excluded', models.CharField(blank=True, choices=[('spoils', 'it spoils quickly'), ('health', 'it is not taken back for reasons of health')], max_length=12, verbose_name='why it cannot be sent back')),
                ('unopened_only', models.BooleanField(default=False, verbose_name='only while unopened')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['destination', 'product_class', 'valid_from'],
            },
        ),
        migrations.AddField(
            model_name='line',
            name='withdrawal_period',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='order.withdrawalperiod'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.UniqueConstraint(fields=('order', 'number'), name='withdrawal_number_once'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.UniqueConstraint(fields=('order', 'confirmation'), name='withdrawal_confirmed_once'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(('declared_name', ''), _negated=True), name='withdrawal_has_name'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('received_at', None), ('state', 'DECLARED')), models.Q(('ended_at', None), ('received_at__isnull', False), ('state', 'RECEIVED')), models.Q(('ended_at__isnull', False), ('received_at__isnull', False), ('state', 'ACCEPTED')), models.Q(('ended_at__isnull', False), ('state__in', ['REJECTED', 'CANCELLED'])), _connector='OR'), name='withdrawal_state_has_its_times'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'REJECTED'), models.Q(('rejection', ''), _negated=True)), models.Q(models.Q(('state', 'REJECTED'), _negated=True), ('rejection', '')), _connector='OR'), name='withdrawal_rejected_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(('delivery', False), ('state', 'ACCEPTED'), _connector='OR'), name='withdrawal_delivery_only_when_accepted'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalline',
            constraint=models.UniqueConstraint(fields=('withdrawal', 'line'), name='withdrawal_line_once'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='withdrawal_line_positive'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalline',
            constraint=models.CheckConstraint(condition=models.Q(('back__isnull', True), ('back__lte', models.F('quantity')), _connector='OR'), name='withdrawal_line_back_within_declared'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalperiod',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='withdrawal_period_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalperiod',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('destination', '='), ('product_class', '='), (catalogue.kernel.ranges.DayRange('valid_from', 'valid_until'), '&&')], name='withdrawal_period_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalperiod',
            constraint=models.CheckConstraint(condition=models.Q(('destination', ''), _negated=True), name='withdrawal_period_has_destination'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalperiod',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days', 0), ('unopened_only', False), models.Q(('excluded', ''), _negated=True)), models.Q(('days__gte', 1), ('days__lte', 90), ('excluded', '')), _connector='OR'), name='withdrawal_period_days_or_reason'),
        ),
        migrations.RunPython(write_rows, migrations.RunPython.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
