"""Categories, families of products, protected names."""

import re
from typing import NamedTuple

from catalogue.kernel import text, translated
from catalogue.kernel.bulk import Counts, replace, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, register
from catalogue.places.models import Province
from catalogue.products.models import Category, Family, GeographicalIndication

KINDS = ("food", "cosmetic", "craft", "gift")
VAT_CLASSES = ("EXO", "HORS", "R10", "N20", "SPEC_AG")
PATH = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")


def hs_code(cells: Cells) -> str:
    """Read a tariff heading: six digits."""
    is_heading = re.compile(r"[0-9]{6}").fullmatch
    return cells.checked("hs_code", lambda value: bool(is_heading(value)), "hs_code has not six digits")


class CategoryRow(NamedTuple):
    category: Category
    parent: str
    sort: int | None


@register
class Categories(Dataset[CategoryRow]):
    file = "categories.csv"
    columns = ("path", "parent", "name_ar", "name_fr", "name_en", "sort")
    label = "path"

    def read(self, cells: Cells) -> CategoryRow:
        code = cells.checked("path", lambda path: bool(PATH.fullmatch(path)), "path is not a category path")
        parent = cells.text("parent", required=False)
        if parent != code.rpartition("/")[0]:
            cells.refuse(f'parent "{parent}" is not the beginning of the path')
        names = translated.read(cells, "name", max_length=255)
        category = Category(code=code, slug=text.slug(names["name_fr"]), **names)
        return CategoryRow(category, parent, cells.integer("sort"))

    def check(self, items: list[CategoryRow], context: Context) -> None:
        for row in items:
            if row.parent and row.parent not in context.known[self.file]:
                context.refuse(
                    self.file, f"path {row.category.code}", f'unknown parent "{row.parent}"', row.category.code
                )

    def apply(self, items: list[CategoryRow], context: Context) -> Counts:
        """Write the tree in one go: new branches grow after those that are there."""
        rows = sorted(items, key=lambda row: (row.category.code.count("/"), row.sort, row.category.code))
        placed = {category.code: category for category in Category.objects.all()}
        children: dict[str, int] = {}
        for category in placed.values():
            above = category.path[: -Category.steplen]
            children[above] = max(children.get(above, 0), _step(category.path))
        for row in rows:
            _place(row, placed, children)
        fields = ("slug", "path", "depth", "numchild", *translated.columns("name"))
        return upsert(Category, [row.category for row in rows], key=("code",), fields=fields)


def _step(path: str) -> int:
    return Category._str2int(path[-Category.steplen :])


def _place(row: CategoryRow, placed: dict[str, Category], children: dict[str, int]) -> None:
    """Give a category its place in the tree: where it stands already, or after its last sister."""
    category, there = row.category, placed.get(row.category.code)
    if there is not None:
        category.path, category.depth, category.numchild = there.path, there.depth, there.numchild
    else:
        parent = placed[row.parent] if row.parent else None
        above = parent.path if parent else ""
        children[above] = children.get(above, 0) + 1
        category.depth = parent.depth + 1 if parent else 1
        category.path = Category._get_path(above, category.depth, children[above])
        category.numchild = 0
        if parent:
            parent.numchild += 1
    placed[row.category.code] = category


@register
class Families(Dataset[tuple[Family, str]]):
    file = "families.csv"
    columns = ("family", "category_path", "name_ar", "name_fr", "name_en", "kind", "hs_code", "vat_class")
    label = "family"
    after = ("categories.csv",)

    def read(self, cells: Cells) -> tuple[Family, str]:
        family = Family(
            code=cells.text("family", max_length=30),
            **translated.read(cells, "name", max_length=120),
            kind=cells.choice("kind", KINDS),
            hs_code=hs_code(cells),
            vat_class=cells.choice("vat_class", VAT_CLASSES),
        )
        return family, cells.reference("category_path", "categories.csv", what="category")

    def apply(self, items: list[tuple[Family, str]], context: Context) -> Counts:
        categories = dict(Category.objects.values_list("code", "pk"))
        for family, category in items:
            family.category_id = categories[category]
        fields = ("category", "kind", "hs_code", "vat_class", *translated.columns("name"))
        return upsert(Family, [family for family, _ in items], key=("code",), fields=fields)


@register
class Indications(Dataset[tuple[GeographicalIndication, list[str]]]):
    file = "geographical_indications.csv"
    columns = ("code", "type", "name_ar", "name_fr", "provinces")
    label = "code"
    after = ("provinces.csv",)

    def read(self, cells: Cells) -> tuple[GeographicalIndication, list[str]]:
        indication = GeographicalIndication(
            code=cells.text("code", max_length=20),
            kind=cells.choice("type", ("IGP", "AOP")),
            **translated.read(cells, "name", max_length=120),
        )
        return indication, cells.many("provinces", options=cells.known.get("provinces.csv"))

    def apply(self, items: list[tuple[GeographicalIndication, list[str]]], context: Context) -> Counts:
        fields = ("kind", *translated.columns("name", languages=("ar", "fr")))
        counts = upsert(GeographicalIndication, [row for row, _ in items], key=("code",), fields=fields)
        provinces = dict(Province.objects.values_list("code", "pk"))
        link = GeographicalIndication.provinces.through
        links = replace(
            link,
            [
                link(geographicalindication_id=row.pk, province_id=provinces[code])
                for row, codes in items
                for code in codes
            ],
            key=("geographicalindication", "province"),
            among=link._default_manager.filter(geographicalindication_id__in=[row.pk for row, _ in items]),
        )
        return counts + links
