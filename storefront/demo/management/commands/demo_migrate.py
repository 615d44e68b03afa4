"""Migrate with a bar that knows how many steps there are, then check what the database must be like."""

import io
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalogue.kernel import progress


class _Lines(io.StringIO):
    """Moves the bar on each time ``migrate`` says that one migration went well."""

    def __init__(self, bar: Iterator[int]) -> None:
        super().__init__()
        self.bar = bar

    def write(self, text: str) -> int:
        if text.strip().endswith("OK"):
            next(self.bar, None)
        return super().write(text)


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        total = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        bar = progress.bar(range(total), "Making the tables", total)
        call_command("migrate", interactive=False, no_color=True, stdout=_Lines(bar))
        for _ in bar:
            pass
        call_command("check", databases=["default"], stdout=io.StringIO())
