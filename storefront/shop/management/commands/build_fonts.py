"""Cut the shop's typeface down to the letters it needs, as small files for the web."""

from io import BytesIO
from pathlib import Path
from typing import Any

import fontpkg_ibm_plex_sans_arabic as plex
from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Bilad Sans"
"""The typeface's licence keeps the name Plex for the unchanged files, so the cut ones carry another."""

WEIGHTS = {400: "Regular", 600: "SemiBold"}
SCRIPTS = {
    "arabic": "U+0600-06FF, U+FB50-FDFF, U+FE70-FEFC, U+200C-200F, U+202A-202E, U+2066-2069",
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+0160-0161, U+0178, U+2000-200B, U+2010-2026, U+202F, U+2030, "
    "U+2039-203A, U+20AC, U+2122, U+2190-2193, U+2212",
}
FEATURES = [
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "kern",
    "liga",
    "rlig",
    "calt",
    "init",
    "medi",
    "fina",
    "isol",
    "curs",
    "tnum",
]
FACE = (
    '@font-face {{ font-family: "{family}"; font-weight: {weight}; font-display: swap; '
    'src: url("../fonts/{name}") format("woff2"); unicode-range: {ranges}; }}\n'
)


class Command(BaseCommand):
    help = "Write the web fonts and their stylesheet to DATA_DIR/built-static, which collectstatic looks into."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--again", action="store_true", help="even if they are there already")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.DATA_DIR) / "built-static"
        stylesheet = folder / "css" / "fonts.css"
        if stylesheet.exists() and not options["again"]:
            return
        (folder / "fonts").mkdir(parents=True, exist_ok=True)
        stylesheet.parent.mkdir(parents=True, exist_ok=True)
        faces = "".join(self._write(folder / "fonts", weight, script) for weight in WEIGHTS for script in SCRIPTS)
        stylesheet.write_text(faces, encoding="utf-8")  # last: its presence says that the fonts are whole

    def _write(self, folder: Path, weight: int, script: str) -> str:
        name = f"bilad-{script}-{weight}.woff2"
        data = cut(plex.ROOT / "files" / f"IBMPlexSansArabic-{WEIGHTS[weight]}.ttf", SCRIPTS[script])
        (folder / name).write_bytes(data)
        self.stdout.write(f"{name}: {len(data) / 1024:.0f} KB")
        return FACE.format(family=FAMILY, weight=weight, name=name, ranges=SCRIPTS[script])


def cut(source: Path, ranges: str) -> bytes:
    """Return a font with only the characters of ``ranges``, renamed, as woff2."""
    options = subset.Options()
    options.layout_features = FEATURES
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]  # copyright, names, licence and its address
    options.drop_tables += ["meta"]
    options.hinting = False
    options.notdef_outline = True
    font = TTFont(source)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(ranges.replace("U+", "").replace(" ", "")))
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()
