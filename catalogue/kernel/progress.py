"""A progress bar for people at a terminal; silence, or one line a step, for everything else."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")
WIDTH = 28
REDRAW_SECONDS = 0.1


def bar(items: Iterable[Item], label: str, total: int, stream: TextIO | None = None) -> Iterator[Item]:
    """Yield the items while drawing how far we are."""
    stream = stream or sys.stderr
    drawing = stream.isatty()
    drawn_at = 0.0
    for done, item in enumerate(items):
        if drawing and time.monotonic() - drawn_at > REDRAW_SECONDS:
            drawn_at = time.monotonic()
            _draw(stream, label, done, total)
        yield item
    if drawing:
        _draw(stream, label, total, total)
        stream.write("\n")


def _draw(stream: TextIO, label: str, done: int, total: int) -> None:
    filled = WIDTH * done // total if total else WIDTH
    stream.write(f"\r{label:<28.28} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total} ")
    stream.flush()
