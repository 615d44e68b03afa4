"""Static files as they are served: named by their content, compressed, the stylesheet in one piece."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

MAIN = "css/main.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
LINK = re.compile(r'url\("(?!data:|/|https?:)([^"]+)"\)')
SPACE = re.compile(r"\s+")


def tightened(css: str) -> str:
    """Return a stylesheet without comments and line breaks."""
    return SPACE.sub(" ", COMMENT.sub("", css)).strip()


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Copies the imports of ``main.css`` into it while collecting: one request instead of thirty."""

    def create_compressor(self, **options: Any) -> Compressor:
        """Compress with brotli for real visitors only: a first demonstration would wait half a minute for it."""
        return Compressor(use_brotli=settings.SHOP_ENV == "production", **options)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Write the joined stylesheet in place of the copied one, then go on as WhiteNoise does."""
        if MAIN in paths and not dry_run:
            joined = IMPORT.sub(lambda found: self._imported(paths, *found.groups()), self._source(paths, MAIN))
            self.delete(MAIN)
            self.save(MAIN, ContentFile(tightened(joined).encode()))
            paths = {**paths, MAIN: (self, MAIN)}
        yield from super().post_process(paths, dry_run, **options)

    def _imported(self, paths: dict[str, Any], name: str, layer: str) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(MAIN), name))
        folder = posixpath.dirname(path)

        def moved(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(folder, found[1]))
            return f'url("{posixpath.relpath(target, posixpath.dirname(MAIN))}")'

        return f"@layer {layer} {{{LINK.sub(moved, self._source(paths, path))}}}"

    @staticmethod
    def _source(paths: dict[str, Any], name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())
