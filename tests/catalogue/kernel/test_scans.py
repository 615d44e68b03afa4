"""A paper is what its first bytes say, whatever its name."""

import pytest

from catalogue.kernel import scans


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"<svg xmlns=", None),
        (b"<html>%PDF-", None),
        (b"", None),
    ],
)
def test_a_scan_is_what_its_first_bytes_say(content, kind):
    assert scans.type_of(content) == kind
