"""Loading a folder of CSV files: all of it, or nothing.

Each app declares the files it understands in its ``datasets.py``::

    @register
    class Regions(Dataset[RegionRow]):
        file = "regions.csv"
        columns = ("code", "name_ar", ...)
        label = "code"

        def read(self, cells: Cells) -> RegionRow: ...
        def apply(self, items: list[RegionRow], context: Context) -> Counts: ...

``read`` turns a row into an item or notes what is wrong with it; ``check`` looks across rows and files;
``apply`` writes with ``bulk.upsert`` and is only called when nothing at all was wrong. A function decorated
with ``@finish`` runs after all files, in the same transaction.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import autodiscover_modules

from . import locks, progress
from .bulk import Counts
from .cells import Cells, Problem, Report
from .models import DataShift

Item = TypeVar("Item")
DATA_DAY = date(2026, 11, 20)  # the day the data call today


@dataclass
class Context:
    """What loaders share: where the files are, how far dates move, what was read, what to tell."""

    folder: Path
    now: datetime
    shift: timedelta = timedelta()
    report: Report = field(default_factory=Report)
    items: dict[str, list[Any]] = field(default_factory=dict)
    known: dict[str, dict[str, int]] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)

    def refuse(self, file: str, label: str, message: str, key: str = "") -> None:
        """Note a mistake seen across rows, on the line of the row whose key is given."""
        line = self.known.get(file, {}).get(key or label)
        self.report.add(file, message, line, label)


class Dataset(Generic[Item]):
    file: str
    columns: tuple[str, ...]
    label: str  # the columns that name a row (joined by "+"); no two rows may share it
    after: tuple[str, ...] = ()  # files read and written before this one
    is_optional = False
    is_label_unique = True

    def read(self, cells: Cells) -> Item:
        raise NotImplementedError

    def check(self, items: list[Item], context: Context) -> None:
        """Note what is wrong across rows."""

    def apply(self, items: list[Item], context: Context) -> Counts:
        """Write the rows."""
        return Counts()


Finish = Callable[[Context], Counts | None]
_datasets: dict[str, Dataset[Any]] = {}
_finishers: dict[str, tuple[int, Finish]] = {}


def register(dataset: type[Dataset[Any]]) -> type[Dataset[Any]]:
    """Add a file to those that a folder is made of."""
    _datasets[dataset.file] = dataset()
    return dataset


def finish(name: str, *, order: int = 0) -> Callable[[Finish], Finish]:
    """Run a function once every file is written, those of a lower order first."""

    def add(function: Finish) -> Finish:
        _finishers[name] = (order, function)
        return function

    return add


def in_order() -> list[Dataset[Any]]:
    """Return every app's datasets, each after those it needs."""
    autodiscover_modules("datasets")
    ordered: dict[str, Dataset[Any]] = {}

    def place(file: str, waiting: tuple[str, ...]) -> None:
        if file in waiting:
            raise ValueError(f"Datasets wait for each other: {' > '.join((*waiting, file))}")
        for needed in _datasets[file].after:
            place(needed, (*waiting, file))
        ordered.setdefault(file, _datasets[file])

    for file in sorted(_datasets):
        place(file, ())
    return list(ordered.values())


class DataRefused(Exception):
    """Something in the folder is wrong; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


def load(folder: Path, *, now: datetime, today: date | None = None) -> Context:
    """Load a folder in one transaction and return what changed. Raises ``DataRefused``.

    The first load decides how far dates move (none, or from the data's day to ``today``); later loads keep
    that. Two loads at once wait for each other.
    """
    # The untranslated column of a translated field keeps the default language, whoever runs this.
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE), transaction.atomic():
        locks.advisory_lock("load_catalogue")
        context = Context(folder, now, _stored_shift(today))
        datasets = in_order()
        for dataset in progress.bar(datasets, "Reading the data", len(datasets)):
            _read_file(dataset, context)
        if context.report.problems:
            raise DataRefused(context.report.problems)
        for dataset in progress.bar(datasets, "Writing the data", len(datasets)):
            if dataset.file in context.items:
                context.counts[dataset.file] = dataset.apply(context.items[dataset.file], context)
        finishers = sorted(_finishers.items(), key=lambda finisher: finisher[1][0])
        for name, (_, function) in progress.bar(finishers, "Finishing", len(finishers)):
            context.counts[name] = function(context) or Counts()
    return context


def _stored_shift(today: date | None) -> timedelta:
    days = (today - DATA_DAY).days if today else 0
    shift, _ = DataShift.objects.get_or_create(pk=DataShift.ONLY, defaults={"days": days})
    return timedelta(days=shift.days)


def _read_file(dataset: Dataset[Item], context: Context) -> None:
    path = context.folder / dataset.file
    if not path.is_file():
        if not dataset.is_optional:
            context.report.add(dataset.file, "the file is missing")
        return
    known: dict[str, int] = {}
    items: list[Item] = []
    for cells in _rows(dataset, path, context):
        names = dataset.label.split("+")
        key = "+".join(cells.values[name].strip() for name in names)
        cells.label = f"{names[0]} {key}"
        if known.setdefault(key, cells.line) != cells.line and dataset.is_label_unique:
            cells.refuse(f"appears already on line {known[key]}")
        item = dataset.read(cells)
        if cells.is_good:
            items.append(item)
    context.known[dataset.file] = known
    context.items[dataset.file] = items
    dataset.check(items, context)


def _rows(dataset: Dataset[Any], path: Path, context: Context) -> Iterator[Cells]:
    """Yield each row with its first line's number; note a file that cannot be read as CSV."""
    report, last_line = context.report, 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            missing = [name for name in dataset.columns if name not in header]
            for name in missing:
                report.add(dataset.file, f"column {name} is missing", 1)
            last_line = reader.line_num
            for values in [] if missing else reader:
                line, last_line = last_line + 1, reader.line_num
                if not values:
                    continue  # a blank line
                if len(values) != len(header):
                    report.add(dataset.file, f"has {len(values)} cells instead of {len(header)}", line)
                    continue
                row = dict(zip(header, values, strict=True))
                yield Cells(dataset.file, line, row, report, shift=context.shift, known=dict(context.known))
    except UnicodeDecodeError as error:
        report.add(dataset.file, f"is not UTF-8 text (byte {error.start})")
    except csv.Error as error:
        report.add(dataset.file, f"is not well-formed CSV ({error})", last_line + 1)
