"""What open orders hold is kept of the lots that their stock became."""

from django.db import migrations

FORWARD = """
INSERT INTO order_allocation (line_id, stock_id, quantity, state, made_at, changed_at)
SELECT line.id, stock.id, line.num_allocated, 'HELD', now(), now()
FROM order_line AS line
JOIN lots_lot AS lot ON lot.number = 'SO-FAR-' || line.stockrecord_id
JOIN lots_lotstock AS stock ON stock.lot_id = lot.id
WHERE line.num_allocated > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("order", "0039_allocations"), ("lots", "0003_stock_so_far")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
