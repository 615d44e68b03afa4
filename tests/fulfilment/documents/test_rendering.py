"""Papers: the same data give the same bytes, and nothing of a person's language turns figures round."""

import pytest

from fulfilment.documents import codes, rendering
from fulfilment.documents.runs import direction_of, page_direction, run


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Fatima Zahra", "ltr"),
        ("زيت أركان 100 مل", "rtl"),
        ("12 شارع الحسن الثاني", "rtl"),
        ("34000 Taounate", "ltr"),
        ("1.234,50 درهم", "rtl"),
        ("06 12 34 56 78", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_text_is_read_from_the_side_of_its_first_letter(text, direction):
    assert direction_of(text) == direction
    assert run(text) == {"text": text, "dir": direction}


def test_an_arabic_sheet_begins_at_the_right():
    assert [page_direction(language) for language in ("ar", "fr", "en")] == ["rtl", "ltr", "ltr"]


def test_there_is_no_paper_of_another_name():
    for name in ("nothing", "../shop/base", "paper/../invoice", ""):
        with pytest.raises(rendering.NoSuchDocument):
            rendering.render(name, {})


def test_data_that_do_not_fit_are_said_and_make_no_paper():
    with pytest.raises(rendering.NotRendered, match="invoice"):
        rendering.render("invoice", {"language": "fr"})


def test_codes_are_drawings_without_a_program():
    for drawing in (codes.qr("https://shop.example/ar/orders/KX7P2M9QRA/"), codes.bars("KX7P2M9QRA-1")):
        assert drawing.lstrip().startswith(("<svg", "<?xml"))
        assert "<script" not in drawing
