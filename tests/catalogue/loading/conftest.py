"""A small folder of the real data that tests can spoil."""

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.kernel import datasets

DATA = Path(__file__).resolve().parents[3] / "catalogue" / "data"
SKUS = ("ARGF-001-001", "ARGF-001-002", "HONT-037-001", "COUW-083-001", "AMLX-001-001", "GIFB-104-001")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Folder:
    """Few products, everything they need, and ways to spoil a cell."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for file in DATA.glob("*.csv"):
            shutil.copy(file, path)
        self.keep("products.csv", lambda row: row["sku"] in SKUS)
        self.keep("initial_lots.csv", lambda row: row["sku"] in SKUS)
        self.keep("product_sellers.csv", lambda row: row["sku"] in SKUS)
        self.keep("product_bundles.csv", lambda row: {row["bundle_sku"], row["component_sku"]} <= set(SKUS))
        self.keep("fx_rates.csv", lambda row: row["date"] >= "2026-11-13")

    def rows(self, file: str) -> list[dict[str, str]]:
        with (self.path / file).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def write(self, file: str, rows: list[dict[str, str]], columns: list[str]) -> None:
        with (self.path / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)

    def columns(self, file: str) -> list[str]:
        with (self.path / file).open(encoding="utf-8", newline="") as stream:
            return next(csv.reader(stream))

    def keep(self, file: str, wanted) -> None:
        columns = self.columns(file)
        self.write(file, [row for row in self.rows(file) if wanted(row)], columns)

    def set(self, file: str, index: int, **cells: str) -> None:
        """Change cells of a row; the first row stands on line 2."""
        rows = self.rows(file)
        rows[index].update(cells)
        self.write(file, rows, self.columns(file))

    def add(self, file: str, **cells: str) -> None:
        """Add a copy of the first row with other cells."""
        rows = self.rows(file)
        self.write(file, [*rows, rows[0] | cells], self.columns(file))

    def drop_column(self, file: str, column: str) -> None:
        columns = [name for name in self.columns(file) if name != column]
        self.write(file, self.rows(file), columns)

    def load(self, **options) -> datasets.Context:
        return datasets.load(self.path, **({"now": NOW} | options))

    def problems(self) -> list[str]:
        with pytest.raises(datasets.DataRefused) as refusal:
            self.load()
        return [str(problem) for problem in refusal.value.problems]


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)
