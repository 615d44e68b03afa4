"""What has to be done once before the shop opens, and how to tell that it was done."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .processes import ROOT

WIDTH = 28


@dataclass(frozen=True)
class Step:
    """A management command, and the files whose change makes it due again."""

    name: str
    title: str
    command: tuple[str, ...]
    sources: tuple[str, ...] = ()
    as_owner: bool = False
    in_database: bool = False
    draws: bool = False  # brings its own progress bar


FLOORS = ("catalogue", "fulfilment", "storefront")
STEPS = (
    Step(
        "database",
        "Making the tables",
        ("demo_migrate",),
        ("requirements/runtime.txt", *(f"{floor}/**/migrations/*.py" for floor in FLOORS)),
        as_owner=True,
        in_database=True,
        draws=True,
    ),
    Step("translations", "Compiling translations", ("translations", "compile"), ("storefront/locale/**/*.po",)),
    Step(
        "fonts", "Cutting fonts to size", ("build_fonts",), ("requirements/runtime.txt", "storefront/**/build_fonts.py")
    ),
    Step(
        "static",
        "Gathering static files",
        ("collectstatic", "--noinput", "-v", "0"),
        (
            "requirements/runtime.txt",
            "storefront/static/**/*",
            "storefront/**/staticfiles.py",
            "storefront/locale/**/*.po",
        ),
    ),
    Step(
        "catalogue",
        "Loading the catalogue",
        ("load_catalogue", "catalogue/data", "--today"),
        ("catalogue/data/*", *(f"{floor}/**/datasets*.py" for floor in FLOORS)),
        in_database=True,
        draws=True,
    ),
    Step(
        "accounts",
        "Opening accounts",
        ("make_accounts",),
        ("storefront/demo/**/*accounts*.py",),
        in_database=True,
        draws=True,
    ),
    Step(
        "prices",
        "Publishing the first list",
        ("publish_prices", "--from", "schedules", "--approve-as", "director@example.org"),
        in_database=True,
        draws=True,
    ),
    Step("history", "Writing a history of orders", ("make_history",), in_database=True, draws=True),
    Step(
        "offers",
        "Making offers",
        ("make_offers",),
        ("storefront/demo/**/*offers*.py", "storefront/demo/made_to_order.py"),
        in_database=True,
    ),
    Step("hub", "Filling the hub", ("make_hub",), ("storefront/demo/**/*hub*.py",), in_database=True),
    Step("ledger", "Booking what was never booked", ("book_missing",), in_database=True),
)


class StepFailed(Exception):
    """One line; what the command said is above it."""


class Book:
    """Remembers in the data folder what was done with which files."""

    def __init__(self, data_dir: Path, database_url: str) -> None:
        self.path = data_dir / "steps.json"
        self.database_url = database_url

    def is_done(self, step: Step) -> bool:
        return self._read().get(step.name) == self._mark(step)

    def note(self, step: Step) -> None:
        written = {**self._read(), step.name: self._mark(step)}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(written, indent=1))
        new.replace(self.path)

    def _read(self) -> dict[str, str]:
        try:
            return json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}

    def _mark(self, step: Step) -> str:
        digest = hashlib.sha256(" ".join(step.command).encode())
        if step.in_database:
            digest.update(self.database_url.encode())
        for path in sorted({path for pattern in step.sources for path in ROOT.glob(pattern)}):
            if path.is_file() and "/.venv/" not in str(path) and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()


def take(steps: Sequence[Step], book: Book, environment: Mapping[str, str]) -> None:
    """Do what is due, in order."""
    for step in steps:
        if not book.is_done(step):
            _run(step, environment)
            book.note(step)


def _run(step: Step, environment: Mapping[str, str]) -> None:
    command = [sys.executable, "manage.py", *step.command]
    env = {**os.environ, **environment, **({"SHOP_DATABASE_ROLE": "owner"} if step.as_owner else {})}
    began, said = time.monotonic(), ""
    if step.draws or not sys.stderr.isatty():
        print(f"{step.title} …", file=sys.stderr, flush=True)
        code = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL).returncode
        print(f"{step.title}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    else:
        code, said = _run_with_bar(step.title, command, env)
    if code:
        print(said, file=sys.stderr)
        raise StepFailed(f"{step.title}: failed. Mend what is said above and start again; what is done stays done.")


def _run_with_bar(title: str, command: list[str], env: Mapping[str, str]) -> tuple[int, str]:
    """Draw a moving bar beside a command that cannot say how far it is."""
    done = threading.Event()
    drawing = threading.Thread(target=_draw, args=[title, done], daemon=True)
    drawing.start()
    finished = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    done.set()
    drawing.join()
    return finished.returncode, finished.stdout + finished.stderr


def _draw(title: str, done: threading.Event) -> None:
    began, at = time.monotonic(), 0
    while True:
        ended = done.wait(0.1)
        at = (at + 1) % (WIDTH - 3)
        inside = "#" * WIDTH if ended else "." * at + "####" + "." * (WIDTH - 4 - at)
        sys.stderr.write(f"\r{title:<28.28} [{inside}] {time.monotonic() - began:.0f} s ")
        sys.stderr.flush()
        if ended:
            sys.stderr.write("\n")
            return
