"""What stock records said before there were lots becomes one lot each, without dates, at its cooperative's store."""

from django.db import migrations

FORWARD = """
INSERT INTO lots_place (code, kind, cooperative_id, name, name_ar, name_fr, name_en, province_id,
                        town, town_ar, town_fr, town_en, address, postal_code, phone, latitude, longitude,
                        sells_online, is_active)
SELECT code, 'cooperative', id, short_name, short_name_ar, short_name_fr, short_name_en, province_id,
       commune_name, commune_name_ar, commune_name_fr, commune_name_en, '', postal_code, phone, latitude, longitude,
       true, true
FROM partner_partner;

INSERT INTO lots_lot (number, stockrecord_id, produced_on, state, made_known_at)
SELECT 'SO-FAR-' || id, id, date_created::date, 'RELEASED', now() FROM partner_stockrecord WHERE num_in_stock > 0;

INSERT INTO lots_lotstock (lot_id, place_id, on_hand, held, shelf)
SELECT lot.id, place.id, 0, 0, ''
FROM lots_lot AS lot
JOIN partner_stockrecord AS record ON record.id = lot.stockrecord_id
JOIN lots_place AS place ON place.cooperative_id = record.partner_id;

-- read once, before the first movement lets the sums follow
CREATE TEMPORARY TABLE lots_so_far ON COMMIT DROP AS
SELECT stock.id AS stock_id, record.num_in_stock AS there, COALESCE(record.num_allocated, 0) AS promised
FROM lots_lotstock AS stock
JOIN lots_lot AS lot ON lot.id = stock.lot_id
JOIN partner_stockrecord AS record ON record.id = lot.stockrecord_id;

INSERT INTO lots_stockmovement (stock_id, kind, change, reason, reference, at)
SELECT stock_id, 'opening', there, '', '', now() FROM lots_so_far;

UPDATE lots_lotstock AS stock SET held = so_far.promised
FROM lots_so_far AS so_far WHERE so_far.stock_id = stock.id AND so_far.promised > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("lots", "0002_sums_are_kept")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
