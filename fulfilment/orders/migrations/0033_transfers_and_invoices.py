"""Bank transfer as a way to pay; the company an invoice is made out to, which stays as it was written."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.math
import django.db.models.lookups
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER order_invoiceparty_stays BEFORE UPDATE OR DELETE ON order_invoiceparty
    FOR EACH ROW EXECUTE FUNCTION order_refuse_change();
"""
BACKWARD = "DROP TRIGGER order_invoiceparty_stays ON order_invoiceparty;"


class Migration(migrations.Migration):

    dependencies = [
        ('order', '0032_delivery_vat'),
    ]

    operations = [
        migrations.AlterField(
            model_name='order',
            name='payment_method',
            field=models.CharField(choices=[('card', 'card'), ('cash', 'cash on delivery'), ('transfer', 'bank transfer')], max_length=10),
        ),
        migrations.CreateModel(
            name='InvoiceParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150)),
                ('ice', models.CharField(blank=True, help_text='15 digits, a multiple of 97', max_length=15, null=True)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_party', to='order.order')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='invoice_party_has_name'), models.CheckConstraint(condition=models.Q(('ice', None), models.Q(django.db.models.lookups.Exact(django.db.models.functions.math.Mod(django.db.models.functions.comparison.Cast('ice', models.BigIntegerField()), 97), 0), models.Q(('ice', '000000000000000'), _negated=True), ('ice__regex', '^[0-9]{15}$')), _connector='OR'), name='invoice_party_ice_is_true')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
