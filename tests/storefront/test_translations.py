"""Every text is said in Arabic and in French, and an Arabic page says nothing in English."""

import html
import io
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from django.core.management import call_command
from django.utils.translation import ngettext, override, trans_real

from storefront.customer import mails
from storefront.shop.management.commands import translations
from tests.factories.orders import Guest, open_deliveries, stock

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|</?\w+[^>]*>")
WORDLESS_FORMS = 3  # Arabic says none, one and two without a figure
LONG = 12  # shorter English texts may be names, units or parts of Arabic pages' addresses


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return translations.extracted()


@pytest.fixture(scope="module")
def compiled() -> None:
    call_command("translations", "compile", stdout=io.StringIO())
    trans_real._translations.clear()


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def texts(language: str) -> Iterator[Message]:
    return (message for message in translations.read(language) if message.id)


def is_sms(message: Message) -> bool:
    with override("en"):
        account = {str(text) for text in (mails.SIGN_IN_CODE, mails.ALREADY_HERE, mails.NUMBER_CHANGED)}
    return message.id in account or english(message)[0].startswith(("Bilad Al Khair:", "Bilad Al Khair, "))


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_every_text_is_translated(language, wanted):
    assert list(translations.problems(language, wanted)) == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_no_text_is_left_from_an_earlier_shop(language, wanted):
    left = [message.id for message in texts(language) if wanted.get(message.id, context=message.context) is None]

    assert left == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_placeholders_and_tags_stay_as_they_are(language):
    wrong = []
    for message in texts(language):
        asked = sorted(PLACEHOLDER.findall(english(message)[-1]))
        for place, form in enumerate(forms(message)):
            found = sorted(PLACEHOLDER.findall(form))
            wordless = language == "ar" and message.pluralizable and place < WORDLESS_FORMS and set(found) < set(asked)
            if found != asked and not wordless:
                wrong.append(form)

    assert wrong == []


def test_arabic_counts_in_six_forms_and_french_in_two():
    counted = {
        language: {len(forms(message)) for message in texts(language) if message.pluralizable}
        for language in translations.LANGUAGES
    }

    assert counted == {"ar": {6}, "fr": {2}}


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "يوم واحد"), (2, "يومان"), (3, "3 أيام"), (10, "10 أيام"), (11, "11 يوما"), (99, "99 يوما"), (100, "100 يوم")],
)
def test_an_arabic_number_takes_its_own_form(compiled, count, words):
    with override("ar"):
        assert ngettext("%(count)s day", "%(count)s days", count) % {"count": count} == words


def test_no_text_is_said_in_the_other_language():
    arabic = re.compile("[\u0621-\u064a]")
    without_words = re.compile(r"(?:%\(\w+\)s|[\W\d_])*")  # such as "%(kind)s: %(name)s"

    french = [form for message in texts("fr") for form in forms(message) if arabic.search(form)]
    latin = [
        form
        for message in texts("ar")
        for form in forms(message)
        if not arabic.search(form) and not without_words.fullmatch(form)
    ]

    assert (french, latin) == ([], [])


def test_french_signs_stay_with_their_word():
    """A narrow space that does not break; in an SMS a plain one, because the narrow one makes it twice as dear."""
    loose = [
        form
        for message in texts("fr")
        for form in forms(message)
        if not is_sms(message) and re.search(r"[ \xa0][:;!?»]|«[ \xa0]", form)
    ]

    assert loose == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_the_header_names_nobody_and_no_day(language):
    header = translations.po_path(language).read_text().partition("\n\n")[0]

    assert not re.search(r"EMAIL|AUTHOR|ORGANIZATION|YEAR|Date|Translator", header)


def test_extracting_twice_changes_nothing(tmp_path, settings):
    for language in translations.LANGUAGES:
        copy = tmp_path / language / "LC_MESSAGES" / "django.po"
        copy.parent.mkdir(parents=True)
        copy.write_bytes(translations.po_path(language).read_bytes())
    settings.LOCALE_PATHS = [tmp_path]

    call_command("translations", "extract", stdout=io.StringIO())
    once = [translations.po_path(language).read_bytes() for language in translations.LANGUAGES]
    call_command("translations", "extract", stdout=io.StringIO())

    assert [translations.po_path(language).read_bytes() for language in translations.LANGUAGES] == once


def said_on(page: bytes) -> str:
    """Return what a page says: its text, and what screen readers and empty fields say."""
    markup = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    attributes = re.findall(
        r'\b(?:aria-label|placeholder|title|alt|data-label|data-lost|data-blocked)="([^"]*)"', markup
    )
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup) + " | ".join(attributes)))


@pytest.mark.django_db
def test_an_arabic_page_says_nothing_in_english(compiled):
    open_deliveries()
    guest, honey = Guest(language="ar"), stock()
    guest.add(honey)
    english_texts = {
        part.strip()
        for message in texts("ar")
        for text in english(message)
        for part in PLACEHOLDER.split(text)
        if len(part.strip()) > LONG
    }

    product = honey.product.get_absolute_url().partition("/catalogue/")[2]
    paths = [
        "",
        "catalogue/",
        f"catalogue/{product}",
        "basket/",
        "checkout/",
        "accounts/login/",
        "prices/",
        "search/?q=%D8%B9",
        "-/",
    ]
    said = {path: said_on(guest.get(path).content) for path in paths}

    assert [(path, text) for path, page in said.items() for text in english_texts if text in page] == []
