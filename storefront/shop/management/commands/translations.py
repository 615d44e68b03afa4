"""`manage.py translations extract|compile|check`: the shop's own texts, without GNU gettext."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import python_format
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

LANGUAGES = ("ar", "fr")  # the source texts are English
PLURALS = {
    # CLDR's order, as Django has it; Babel counts the last two the other way round
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "fr": "nplurals=2; plural=(n > 1);",
}
HEADER = r"""# Bilad Al Khair: the texts of the shop, kept in step with it by `manage.py translations extract`.
msgid ""
msgstr ""
"Project-Id-Version: Bilad Al Khair\n"
"Language: {language}\n"
"Plural-Forms: {plurals}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""  # nothing that changes from day to day
FLOORS = ("catalogue", "fulfilment", "storefront", "templates")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def sources() -> Iterator[tuple[Path, str]]:
    """Every file that may hold a text, with its Python form."""
    for floor in FLOORS:
        for path in sorted((settings.BASE_DIR / floor).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path, path.read_text()
            elif path.suffix in {".html", ".txt"} and "data" not in path.parts:
                python = templatize(path.read_text(), origin=str(path))
                yield path, "\n".join(line.lstrip() for line in python.splitlines())


def extracted() -> Catalog:
    """Read every text out of the code and the templates."""
    catalog = Catalog(fuzzy=False)
    for path, text in sources():
        place = str(path.relative_to(settings.BASE_DIR))
        found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, comment_tags=("Translators:",))
        for _line, message, comments, context in found:
            catalog.add(message, locations=[(place, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return catalog


def po_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def problems(language: str, wanted: Catalog) -> Iterator[str]:
    """Say what is missing, doubtful or broken in a language."""
    known = read(language)
    forms = get_plural(language)[0]
    for message in wanted:
        if not message.id:
            continue
        translated = known.get(message.id, context=message.context)
        name = f"{language}: {message.id!r} ({message.locations[0][0]})"
        if translated is None or not complete(translated, forms):
            yield f"{name} is not translated"
        elif translated.fuzzy:
            yield f"{name} is marked doubtful"
        else:
            if "python-format" in message.flags:
                translated.flags.add("python-format")
            try:
                python_format(known, translated)
            except Exception as error:
                yield f"{name}: {error}"


def complete(message: Message, forms: int) -> bool:
    if not message.string or isinstance(message.string, str):
        return bool(message.string)
    return len(message.string) == forms and all(message.string)


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"{options['action']}_texts")()

    def extract_texts(self) -> None:
        """Bring the .po files up to date; what is no longer used is dropped, nothing is guessed."""
        wanted = extracted()
        for language in LANGUAGES:
            catalog = read(language)
            catalog.update(wanted, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            path = po_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(HEADER.format(language=language, plurals=PLURALS[language]).encode())
                write_po(file, catalog, width=120, sort_output=True, omit_header=True, include_lineno=False)
            empty = sum(1 for message in catalog if message.id and not complete(message, get_plural(language)[0]))
            self.stdout.write(f"{language}: {len(catalog)} texts, {empty} to translate")

    def compile_texts(self) -> None:
        for language in LANGUAGES:
            target = po_path(language).with_suffix(".mo")
            if not po_path(language).exists():
                continue
            if target.exists() and target.stat().st_mtime >= po_path(language).stat().st_mtime:
                continue
            with target.open("wb") as file:
                write_mo(file, read(language))
        self.stdout.write("Translations compiled.")

    def check_texts(self) -> None:
        wanted = extracted()
        found = [problem for language in LANGUAGES for problem in problems(language, wanted)]
        if found:
            raise CommandError("\n".join([*found[:200], f"{len(found)} texts need work."]))
        self.stdout.write(f"{len(wanted)} texts, complete in {' and '.join(LANGUAGES)}.")
