import pytest

from catalogue.kernel import text


def test_fold_digits_reads_arabic_indic_and_persian():
    assert text.fold_digits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹") == "0123456789 0123456789"


@pytest.mark.parametrize("hidden", ["\u200f", "\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\u061c", "\x1b"])
def test_refuse_controls_names_what_is_hidden(hidden):
    with pytest.raises(text.ControlCharacters) as refusal:
        text.refuse_controls(f"تعاونية{hidden}الأمل")

    assert refusal.value.names == [f"U+{ord(hidden):04X}"]
    assert text.strip_controls(f"تعاونية{hidden}الأمل") == "تعاونيةالأمل"


def test_line_breaks_are_for_long_texts_only():
    assert text.refuse_controls("a\nb", multiline=True) == "a\nb"
    with pytest.raises(text.ControlCharacters):
        text.refuse_controls("a\nb")


@pytest.mark.parametrize(("one", "other"), [("أركان", "اركان"), ("قُفّة", "قفه"), ("كرسـيف", "كرسيف"), ("إيمي", "ايمى")])
def test_normalise_arabic_makes_spellings_meet(one, other):
    assert text.normalise_arabic(one) == text.normalise_arabic(other)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Huile d'argan alimentaire", "huile-d-argan-alimentaire"),
        ("L’Oriental", "l-oriental"),
        ("Œufs & Bœuf – séché", "oeufs-boeuf-seche"),
        ("Drâa-Tafilalet", "draa-tafilalet"),
        ("زيت", ""),
    ],
)
def test_slug_is_latin(name, slug):
    assert text.slug(name) == slug


def test_slug_cuts_between_words():
    assert text.slug("huile d'olive vierge extra", max_length=14) == "huile-d-olive"
    assert text.slug("anticonstitutionnellement", max_length=4) == "anti"


def test_squash_makes_one_space():
    assert text.squash("  a\u00a0 b\n") == "a b"
