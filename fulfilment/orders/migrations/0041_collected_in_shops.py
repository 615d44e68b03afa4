"""Some orders are fetched in a shop, or sold over its counter. Which shop that is, and the channel, never changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER order_shop_never_changes BEFORE UPDATE ON order_order
    FOR EACH ROW WHEN (
        ROW(OLD.collect_at_id, OLD.channel) IS DISTINCT FROM ROW(NEW.collect_at_id, NEW.channel)
    ) EXECUTE FUNCTION order_refuse_change();
"""
BACKWARD = "DROP TRIGGER order_shop_never_changes ON order_order;"


class Migration(migrations.Migration):

    dependencies = [
        ('basket', '0016_price_list_and_rate'),
        ('lots', '0003_stock_so_far'),
        ('order', '0040_allocations_so_far'),
        ('pricing', '0008_stamp_duty'),
        ('sites', '0002_alter_domain_unique'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='collect_at',
            field=models.ForeignKey(blank=True, help_text='the shop where its buyer fetches it, or bought it at the counter', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='collected_orders', to='lots.place'),
        ),
        migrations.AlterField(
            model_name='order',
            name='channel',
            field=models.CharField(choices=[('web_ma', 'web, Morocco'), ('web_abroad', 'web, abroad'), ('shop', 'counter of a solidarity shop')], default='web_ma', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel__in', ('web_ma', 'web_abroad')), ('collect_at__isnull', True)), models.Q(('channel__in', ('web_ma', 'shop')), ('collect_at__isnull', False), ('destination', 'MA')), _connector='OR'), name='order_collected_at_home'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
