"""What makes two spellings of a word the same, inside the database, so that an index can stand on it."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

UNACCENT = (
    """
CREATE FUNCTION shop_unaccent(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT public.unaccent('public.unaccent'::regdictionary, value) $$
""",
    "DROP FUNCTION shop_unaccent(text)",
)

# In order: vowel signs and tatweel go; letters that Moroccans write for one another are folded, digits made Latin;
# accents and capitals go; anything but letters and digits parts words; the article and what is joined to it go;
# so do light endings (تعاونيات, تعاونية; dattes, datte; argane, argan) where enough of the word is left.
NORMALISE = (
    r"""
CREATE FUNCTION shop_normalise(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
SELECT btrim(
  regexp_replace(regexp_replace(regexp_replace(regexp_replace(
  regexp_replace(
  regexp_replace(
    lower(public.shop_unaccent(translate(
      regexp_replace(value, '[\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED\u0640]', '', 'g'),
      'أإآٱىیئؤةکگڭ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹',
      'اااايييوهككك01234567890123456789'
    ))),
    '[^a-z0-9\u0621-\u064A\u2D30-\u2D7F]+', ' ', 'g'),
    '(^| )(?:[وفبك]?ال|[وف]?لل)(?=[\u0621-\u064A]{3})', '\1', 'g'),
    '([\u0621-\u064A]{3})ات(?= |$)', '\1', 'g'),
    '([\u0621-\u064A]{3})ه(?= |$)', '\1', 'g'),
    '([a-z]{4})[sx](?= |$)', '\1', 'g'),
    '([a-z]{4})e(?= |$)', '\1', 'g')
)
$$
""",
    "DROP FUNCTION shop_normalise(text)",
)


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(*UNACCENT),
        migrations.RunSQL(*NORMALISE),
    ]
