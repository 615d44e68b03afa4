"""Fill what older rows did not say: the rates of VAT classes, cooperatives' tax statuses, and what a list was made of.

Until now the office sold everything in its own name, at the class's one rate.
"""

from django.db import migrations

FORWARD = """
INSERT INTO pricing_vatrate (vat_class_id, side, destination, rate_pct, valid_from, note, written_at)
SELECT id, side, '', CASE side WHEN 'home' THEN rate_pct ELSE 0 END, DATE '2020-01-01', 'assumption of the data', now()
FROM pricing_vatclass CROSS JOIN (VALUES ('home'), ('export')) AS sides (side);

INSERT INTO pricing_cooperativetaxstatus (cooperative_id, status, valid_from, note, written_at)
SELECT id, vat_regime, DATE '2020-01-01', 'assumption of the data', now()
FROM partner_partner WHERE vat_regime IN ('exempt_below_10m', 'exempt_raw', 'liable');

ALTER TABLE pricing_price DISABLE TRIGGER price_never_changes;
UPDATE pricing_price AS price SET tax_status = partner.vat_regime
FROM partner_stockrecord AS record JOIN partner_partner AS partner ON partner.id = record.partner_id
WHERE record.id = price.stockrecord_id AND partner.vat_regime IN ('exempt_below_10m', 'exempt_raw', 'liable');
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE pricing_price ENABLE TRIGGER price_never_changes;

ALTER TABLE pricing_pricelist DISABLE TRIGGER price_list_only_ends;
UPDATE pricing_pricelist SET source = 'past' WHERE reference LIKE 'PAST-%';
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE pricing_pricelist ENABLE TRIGGER price_list_only_ends;
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0006_dated_rows_only_end"), ("partner", "0010_stock_counts")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]  # going back, the columns go
