import hashlib
import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from django.utils.translation import override
from PIL import Image

from catalogue.kernel import photos

GIF_AND_HTML = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF"


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def _written(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _door(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """A picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_bomb(side: int) -> bytes:
    """A few kilobytes that unfold to side × side pixels."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _webp_bomb() -> bytes:
    canvas = (16_382).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + canvas + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _taken(sent: bytes) -> Image.Image:
    return Image.open(BytesIO(photos.take_in(BytesIO(sent)).content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_take_in_writes_a_jpeg_and_says_what_it_is(kind):
    photo = photos.take_in(BytesIO(_written(_door(), kind)))

    assert Image.open(BytesIO(photo.content)).format == "JPEG"
    assert photo.sha256 == hashlib.sha256(photo.content).hexdigest()
    assert (photo.width, photo.height, photo.size) == (40, 20, len(photo.content))


@pytest.mark.parametrize(
    "sent",
    [SVG, GIF_AND_HTML, EPS, PDF, b"", b"RIFF\x00\x00\x00\x00WEBPVP8X", b"RIFF....WAVEfmt .................."],
    ids=["svg", "gif and html", "eps", "pdf named .png", "empty", "beginning of a webp", "sound"],
)
def test_take_in_refuses_what_is_no_photo(sent):
    with pytest.raises(photos.NotAPhoto, match="not a photo"):
        photos.take_in(BytesIO(sent))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_take_in_refuses_a_photo_cut_off(kind):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    sent = _written(noise, kind)

    with pytest.raises(photos.NotAPhoto):
        photos.take_in(BytesIO(sent[: len(sent) // 2]))


@pytest.mark.parametrize("bomb", [_png_bomb(6_000), _png_bomb(30_000), _webp_bomb()], ids=["png", "huge", "webp"])
def test_take_in_refuses_a_pixel_bomb_without_decoding_it(bomb, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *arguments: pytest.fail("decoded"))
    tracemalloc.start()

    with pytest.raises(photos.NotAPhoto, match="25 million"):
        photos.take_in(BytesIO(bomb))

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * len(bomb) + 1_000_000


def test_take_in_refuses_more_than_eight_megabytes_without_reading_on():
    file = BytesIO(bytes(20 * 1024 * 1024))

    with pytest.raises(photos.NotAPhoto, match="8 MB"):
        photos.take_in(file)

    assert file.tell() == photos.MOST_BYTES + 1


def test_take_in_leaves_place_comment_and_what_hides_behind_the_picture():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 33.0, 12.0), 3: "W", 4: (4.0, 38.0, 9.0)})
    exif[0x010F] = "Telephone of Fatima"
    sent = _written(_door(), exif=exif, comment=b"douar Oulad Ali", icc_profile=b"profile of a telephone")
    sent += b"<html><script>alert(1)</script></html>"
    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)

    photo = photos.take_in(BytesIO(sent))

    kept = Image.open(BytesIO(photo.content))
    assert dict(kept.getexif()) == {}
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for hidden in (b"Exif", b"Fatima", b"douar", b"telephone", b"<script>"):
        assert hidden not in photo.content


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (40, 20), (5, 10)), (3, (40, 20), (35, 10)), (6, (20, 40), (10, 5)), (8, (20, 40), (10, 35))],
)
def test_take_in_turns_the_photo_as_it_was_held(orientation, size, red):
    exif = Image.Exif()
    exif[0x0112] = orientation

    kept = _taken(_written(_door(), exif=exif))

    assert kept.size == size
    colour = kept.getpixel(red)
    assert colour[0] > 200 > 60 > colour[2]


def test_take_in_shrinks_a_large_photo_in_proportion():
    assert _taken(_written(_door((4000, 3000)))).size == (1600, 1200)
    assert _taken(_written(_door((90, 3000)), "PNG")).size == (48, 1600)


def test_take_in_puts_what_lets_through_on_white():
    kept = _taken(_written(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG"))

    assert kept.getpixel((5, 5)) == (255, 255, 255)
