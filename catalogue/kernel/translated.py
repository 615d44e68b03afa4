"""Names in three languages, as modeltranslation keeps them."""

from .cells import Cells

LANGUAGES = ("ar", "fr", "en")


def three(field: str, arabic: str, french: str, english: str | None = None) -> dict[str, str | None]:
    """Return the columns of a translated field."""
    return {f"{field}_ar": arabic, f"{field}_fr": french, f"{field}_en": english}


def columns(*fields: str, languages: tuple[str, ...] = LANGUAGES) -> tuple[str, ...]:
    """Return the column names of translated fields."""
    return tuple(f"{field}_{language}" for field in fields for language in languages)


def read(cells: Cells, field: str, cell: str = "name", *, max_length: int, multiline: bool = False) -> dict[str, str]:
    """Read ``name_ar``, ``name_fr`` and ``name_en`` where the file has it."""
    return {
        f"{field}_{language}": cells.text(f"{cell}_{language}", max_length=max_length, multiline=multiline)
        for language in LANGUAGES
        if f"{cell}_{language}" in cells.values
    }
