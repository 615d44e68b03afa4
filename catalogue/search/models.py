"""One document per product and language; PostgreSQL folds and indexes it by itself."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import CombinedSearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func


class Normalised(Func):
    """Spellings folded by ``shop_normalise`` (see the first migration)."""

    function = "shop_normalise"
    output_field = models.TextField()


class Words(Func):
    """The words of a normalised text, weighted: A title, B names, D description."""

    template = "setweight(to_tsvector('simple'::regconfig, %(expressions)s), '%(weight)s')"
    output_field = SearchVectorField()


def _words(field: str, weight: str) -> Words:
    return Words(Normalised(F(field)), weight=weight)


class SearchDocument(models.Model):
    """What can be found of a product in one language.

    ``title`` its name; ``names`` family, shelves, cooperatives, places, codes; ``body`` its description.
    """

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="search_documents")
    language = models.CharField(max_length=2)
    title = models.TextField()
    names = models.TextField()
    body = models.TextField(blank=True)
    title_folded = models.GeneratedField(
        expression=Normalised(F("title")), output_field=models.TextField(), db_persist=True
    )
    words = models.GeneratedField(
        expression=CombinedSearchVector(
            CombinedSearchVector(_words("title", "A"), "||", _words("names", "B"), config=None),
            "||",
            _words("body", "D"),
            config=None,
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="document_once_per_language", fields=["product", "language"])]
        indexes = [
            GinIndex(name="search_words", fields=["words"]),
            GinIndex(name="search_title_trigrams", fields=["title_folded"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.language}"
