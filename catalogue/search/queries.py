"""Finding products by words, in whichever language they are written."""

from dataclasses import dataclass, field

from django.db import connection

from . import policies

MOST = 2_000
NEAR_ENOUGH = "0.42"
# Three ways, each only when the one before finds nothing: every word begins a word of the title or the names; the same
# with descriptions; titles that look alike. A title that begins with the first word typed comes first: that is what the
# product is. The threshold is set inside the statement because the index reads it there.
FIND = r"""
WITH asked AS MATERIALIZED (
  SELECT folded,
         set_config('pg_trgm.word_similarity_threshold', %(near)s, true) AS threshold,
         to_tsquery('simple', replace(regexp_replace(folded, '([^ ]+)', '\1:*AB', 'g'), ' ', ' & ')) AS named,
         to_tsquery('simple', replace(regexp_replace(folded, '([^ ]+)', '\1:*', 'g'), ' ', ' & ')) AS told
  FROM (SELECT shop_normalise(%(text)s) AS folded) AS typed
  WHERE folded <> ''
), by_name AS MATERIALIZED (
  SELECT product_id, language,
         ts_rank('{0.1, 0.1, 0.9, 1}', words, named, 1)
           * CASE WHEN starts_with(title_folded, split_part(folded, ' ', 1)) THEN 2 ELSE 1 END AS score
  FROM asked JOIN search_searchdocument ON words @@ named
), by_text AS MATERIALIZED (
  SELECT product_id, language, ts_rank(words, told, 1) AS score
  FROM asked JOIN search_searchdocument ON words @@ told
  WHERE NOT EXISTS (SELECT FROM by_name)
), by_look AS MATERIALIZED (
  SELECT product_id, language, word_similarity(folded, title_folded) AS score
  FROM asked JOIN search_searchdocument ON folded <%% title_folded
  WHERE NOT EXISTS (SELECT FROM by_name) AND NOT EXISTS (SELECT FROM by_text)
)
SELECT product_id, max(score * CASE language WHEN %(language)s THEN 1.3 ELSE 1 END) AS best, bool_or(guessed)
FROM (
  SELECT *, false AS guessed FROM by_name
  UNION ALL SELECT *, false FROM by_text
  UNION ALL SELECT *, true FROM by_look
) AS found
GROUP BY product_id
ORDER BY best DESC, product_id
LIMIT %(most)s
"""


@dataclass(frozen=True)
class Found:
    """Products in order of fitness; ``guessed`` when no word fits and spellings near it were taken."""

    text: str
    product_ids: list[int] = field(default_factory=list)
    guessed: bool = False


def search(typed: str, language: str) -> Found:
    """Look for products by what someone typed: one query, or none when nothing is left of it."""
    text = policies.tidy(typed)
    if not any(character.isalnum() for character in text):
        return Found(text)
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"text": text, "language": language, "near": NEAR_ENOUGH, "most": MOST})
        rows = cursor.fetchall()
    return Found(text, [row[0] for row in rows], any(row[2] for row in rows))
