"""Names of countries in the shop's languages, from the Unicode data that Babel carries."""

import unicodedata
from functools import lru_cache

from babel import Locale


@lru_cache(maxsize=16)
def country_names(language: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return countries with their names in a language, Morocco first and the others as a dictionary sorts them."""
    territories = Locale(language).territories
    names = [(code, territories.get(code, code)) for code in codes]
    return sorted(names, key=lambda pair: (pair[0] != "MA", unicodedata.normalize("NFKD", pair[1]).casefold()))


def country_name(language: str, code: str) -> str:
    """Return a country's name in a language."""
    return str(Locale(language).territories.get(code, code))
