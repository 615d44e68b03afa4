"""Lines of the bank's statement, kept as the bank said them and decided once; and what an acquirer tells."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION payment_refuse_change_of_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of the bank statement is decided once, and never changes (% of %)', TG_OP, OLD.reference
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER bank_credit_stays BEFORE UPDATE ON payment_bankcredit
    FOR EACH ROW WHEN (
        OLD.state <> 'WAITING' OR
        ROW(OLD.reference, OLD.amount, OLD.currency, OLD.value_on, OLD.payer_name, OLD.message, OLD.recorded_at,
            OLD.recorded_by_id)
        IS DISTINCT FROM
        ROW(NEW.reference, NEW.amount, NEW.currency, NEW.value_on, NEW.payer_name, NEW.message, NEW.recorded_at,
            NEW.recorded_by_id)
    ) EXECUTE FUNCTION payment_refuse_change_of_credit();
CREATE TRIGGER bank_credit_never_goes BEFORE DELETE ON payment_bankcredit
    FOR EACH ROW EXECUTE FUNCTION payment_refuse_change_of_credit();
"""
BACKWARD = """
DROP TRIGGER bank_credit_never_goes ON payment_bankcredit;
DROP TRIGGER bank_credit_stays ON payment_bankcredit;
DROP FUNCTION payment_refuse_change_of_credit();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payment', '0008_refunds_within_captured'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AcquirerNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.CharField(max_length=64, unique=True)),
                ('payment_id', models.CharField(max_length=120)),
                ('result', models.CharField(max_length=20)),
                ('received_at', models.DateTimeField()),
                ('processed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.AlterField(
            model_name='paymentattempt',
            name='provider',
            field=models.CharField(choices=[('stripe', 'Stripe'), ('cash', 'cash on delivery'), ('transfer', 'bank transfer'), ('acquirer', 'acquirer in Morocco')], max_length=20),
        ),
        migrations.CreateModel(
            name='BankCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=40)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('currency', models.CharField(choices=[('MAD', 'Moroccan dirham'), ('EUR', 'Euro'), ('USD', 'US dollar')], max_length=3)),
                ('value_on', models.DateField()),
                ('payer_name', models.CharField(max_length=150)),
                ('message', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('WAITING', 'waits for a person'), ('SETTLED', 'paid an order'), ('RETURNED', 'sent back')], default='WAITING', max_length=10)),
                ('why', models.CharField(blank=True, choices=[('UNKNOWN', 'It names no order that we know.'), ('NOT_BY_TRANSFER', 'The order it names is not paid by transfer.'), ('PAID_ALREADY', 'The order it names is paid already.'), ('ENDED', 'The order it names has ended, and cannot be taken up again.'), ('OTHER_CURRENCY', 'The order it names is in another currency.'), ('OTHER_AMOUNT', 'The order it names is for another amount.')], max_length=16)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('returned_as', models.CharField(blank=True, help_text="the bank's reference of the way back", max_length=40, null=True, unique=True)),
                ('attempt', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='payment.paymentattempt')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'WAITING')), fields=['recorded_at'], name='bank_credit_waiting')],
                'constraints': [models.UniqueConstraint(fields=('reference',), name='bank_credit_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='bank_credit_positive'), models.CheckConstraint(condition=models.Q(('reference__regex', '^[0-9A-Z./-]+$')), name='bank_credit_reference_is_plain'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'WAITING'), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='bank_credit_says_why_it_waits'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'SETTLED'), _negated=True), ('attempt__isnull', False), _connector='OR'), name='bank_credit_settles_something'), models.CheckConstraint(condition=models.Q(models.Q(('returned_as__isnull', False), ('state', 'RETURNED')), models.Q(models.Q(('state', 'RETURNED'), _negated=True), ('returned_as__isnull', True)), _connector='OR'), name='bank_credit_returned_with_a_reference'), models.CheckConstraint(condition=models.Q(('state', 'WAITING'), ('decided_at__isnull', False), _connector='OR'), name='bank_credit_decided_at')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
