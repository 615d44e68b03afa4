"""A consignment comes from a place; so far each came from its cooperative's own store."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
UPDATE warehouse_consignment AS parcel SET origin_id = place.id
FROM lots_place AS place WHERE place.cooperative_id = parcel.cooperative_id;
"""
BACKWARD = """
UPDATE warehouse_consignment AS parcel SET cooperative_id = place.cooperative_id
FROM lots_place AS place WHERE place.id = parcel.origin_id;
"""


class Migration(migrations.Migration):
    atomic = False  # rows are filled before their column is tightened

    dependencies = [("warehouse", "0002_at_the_door"), ("lots", "0003_stock_so_far"), ("order", "0040_allocations_so_far")]

    operations = [
        migrations.AddField(
            "consignment",
            "origin",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consignments",
                to="lots.place",
            ),
        ),
        migrations.AlterField(
            "consignment",
            "cooperative",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="partner.partner"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField(
            "consignment",
            "origin",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="consignments", to="lots.place"
            ),
        ),
        migrations.RemoveConstraint("consignment", "consignment_one_per_origin"),
        migrations.RemoveField("consignment", "cooperative"),
        migrations.AddConstraint(
            "consignment",
            models.UniqueConstraint(
                name="consignment_one_per_origin",
                fields=["order", "origin"],
                condition=~models.Q(state__in=["SHORT", "CANCELLED"]),
            ),
        ),
    ]
