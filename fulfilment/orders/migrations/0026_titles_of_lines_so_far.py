"""Keep, on each line sold so far, what its product is called in each language."""

from django.db import migrations

FORWARD = """
UPDATE order_line AS line
   SET titles = jsonb_strip_nulls(jsonb_build_object(
           'ar', nullif(product.title_ar, ''), 'fr', nullif(product.title_fr, ''), 'en', nullif(product.title_en, '')))
  FROM catalogue_product AS product
 WHERE product.id = line.product_id AND line.titles = '{}'::jsonb
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0033_families_and_languages"), ("order", "0025_recipients_and_titles")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]  # the way back drops the column with what is in it
