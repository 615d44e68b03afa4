"""The page behind the signed link: what is missing, the terms, the code, and the way into the portal."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from catalogue.joining import links, operations
from catalogue.joining.models import Application
from catalogue.products.models import Family
from storefront.joining.presenting import fee_lines
from storefront.notifications.models import Message
from tests.factories.catalogue import make_cooperative, make_family
from tests.factories.joining import PDF, make_application, make_papers, prove, send_application
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
ALL = ("office", "", "12 %")


def address(application, part=""):
    return f"/en/join/{application.pk}/{part}?k={links.key_for(application)}"


def press(client, application, part, **fields):
    return client.post(address(application, f"{part}/"), fields)


@pytest.mark.parametrize("key", ["", "?k=", "?k=0123456789abcdef01234567", "?k=é"])
def test_without_its_key_there_is_no_page(client, key):
    application = make_application()

    assert client.get(f"/en/join/{application.pk}/{key}").status_code == 404
    assert client.post(f"/en/join/{application.pk}/open/{key}", {"code": "1"}).status_code == 404


def test_the_key_of_one_application_opens_no_other(client):
    first, second = make_application(), make_application()

    assert client.get(f"/en/join/{second.pk}/?k={links.key_for(first)}").status_code == 404


def test_missing_papers_are_named_and_may_come_later(client):
    application = send_application(papers=make_papers("statutes"), now=timezone.now())

    before = client.get(address(application)).content.decode()
    answer = press(client, application, "papers", register=SimpleUploadedFile("r.pdf", PDF))
    after = client.get(answer.url).content.decode()

    assert "Send us the papers that are missing." in before
    assert "Nothing is missing." in after


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "Choose at least one file."),
        ({"statutes": SimpleUploadedFile("s.pdf", b"MZ")}, "neither a PDF nor a photo"),
    ],
)
def test_papers_that_are_none_are_refused(client, files, words):
    application = make_application()

    answer = press(client, application, "papers", **files)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert application.documents.count() == 4


def test_what_the_office_asks_for_is_read(client):
    application = make_application("IN_REVIEW")
    operations.ask_more(
        application_id=application.pk, words="Sign the statutes.", by=make_staff("catalogue"), now=timezone.now()
    )

    assert "Sign the statutes." in client.get(address(application)).content.decode()


def test_a_reasoned_refusal_is_read_and_nothing_may_be_pressed(client):
    application = make_application()
    staff = make_staff("catalogue")
    operations.refuse(application_id=application.pk, reason="No members.", by=staff, now=timezone.now())

    page = client.get(address(application)).content.decode()
    answer = press(client, application, "papers", statutes=SimpleUploadedFile("s.pdf", PDF))

    assert "No members." in page
    assert "/papers/" not in page
    assert (answer.status_code, "This application is “refused” by now" in answer.content.decode()) == (422, True)


def test_terms_are_agreed_to_and_the_code_leads_into_the_portal(client):
    application = make_application("OFFERED")
    agreement = application.cooperative.fee_agreements.get()
    page = client.get(address(application)).content.decode()
    assert "These fees come on top of it" in page

    unread = press(client, application, "terms", agreement=agreement.pk, name="Fatima")
    press(client, application, "terms", agreement=agreement.pk, name="Fatima", agreed="on")
    application.refresh_from_db()
    wrong = press(client, application, "open", code="x")
    opened = press(client, application, "open", code=links.code_of(application))

    assert "Without your agreement we cannot go on." in unread.content.decode()
    assert (application.state, application.accepted_by_name) == ("AGREED", "Fatima")
    assert (wrong.status_code, "That is not the code we sent." in wrong.content.decode()) == (422, True)
    assert opened.url == "/en/portal/"
    asked = client.get(opened.url)
    assert "/2fa/totp/activate/" in asked.url
    assert client.get(asked.url).status_code == 200


def test_fees_of_some_products_are_folded_and_named_in_the_language_in_use():
    argan = make_family()
    Family.objects.filter(pk=argan.pk).update(name_fr="Huile d'argan", name_ar="زيت أركان")
    fees = [
        {"part": "office", "family": "", "basis": "price", "value": "12"},
        {"part": "office", "family": "Huile d'argan", "basis": "price", "value": "10.5"},
        {"part": "packing", "family": "Huile d'argan", "basis": "farm_gate", "value": "5"},
        {"part": "office", "family": "Gone since", "basis": "price", "value": "9"},
    ]

    with translation.override("ar"):
        rows = fee_lines(fees)
    page = render_to_string("components/fee_rows.html", {"fees": rows})

    first, folded = page.split("<details>")
    assert [family for _part, family, _amount in rows] == ["", "زيت أركان", "زيت أركان", "Gone since"]
    assert ("12" in first, "زيت أركان" in first) == (True, False)
    assert (folded.count("زيت أركان"), folded.count("Gone since")) == (1, 1)


def test_fees_of_everything_alone_fold_nothing():
    with translation.override("en"):
        some, none = (render_to_string("components/fee_rows.html", {"fees": fees}) for fees in ([ALL], []))

    assert ("12 %" in some, "<details>" in some) == (True, False)
    assert ("No fee is asked." in none, "<details>" in none) == (True, False)


def test_a_used_code_opens_nothing_again(client):
    application = make_application("AGREED")
    code = links.code_of(application)
    press(client, application, "open", code=code)
    client.logout()

    again = press(client, application, "open", code=code)

    assert (again.status_code, "by now; nothing was changed" in again.content.decode()) == (422, True)
    assert "_auth_user_id" not in client.session


def test_another_code_is_asked_for_after_a_minute(client, clock):
    application = make_application("AGREED")
    early = press(client, application, "code")
    clock.shift(61)

    later = press(client, application, "code")

    assert (early.status_code, later.status_code) == (422, 302)
    assert Application.objects.get().codes_given == 3


def test_guesses_are_held_up(client):
    application = make_application("AGREED")
    for _ in range(20):
        press(client, application, "open", code="1")

    assert press(client, application, "open", code=links.code_of(application)).status_code == 429


def test_the_page_asks_the_database_as_often_however_many_papers_came(client):
    application = make_application("OFFERED")
    make_cooperative()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(application)).status_code == 200
        return len(queries)

    asked()
    one = asked()
    early = make_application("IN_REVIEW")
    operations.send_papers(application_id=early.pk, papers=make_papers(), now=timezone.now())
    application = early

    assert asked() <= one <= 8


def test_the_code_that_came_to_the_phone_proves_it(client):
    application = send_application(is_proved=False, now=timezone.now())
    before = client.get(address(application)).content.decode()

    wrong = press(client, application, "phone", code="x")
    assert Application.objects.get().phone_proved_at is None
    answer = press(client, application, "phone", code=links.code_of(application))
    after = client.get(answer.url).content.decode()

    assert "only then does the office look at your application" in before
    assert "Nothing is missing." not in before
    assert (wrong.status_code, "That is not the code we sent." in wrong.content.decode()) == (422, True)
    assert Application.objects.get().phone_proved_at is not None
    assert "Nothing is missing." in after
    again = press(client, application, "phone", code=links.code_of(application))
    assert (again.status_code, "by now; nothing was changed" in again.content.decode()) == (422, True)


def test_a_mistyped_phone_is_put_right_before_it_is_proved(client, clock):
    application = send_application(is_proved=False, phone="+212740111111", now=timezone.now())
    clock.shift(61)

    landline = press(client, application, "other-phone", phone="0522123456")
    press(client, application, "other-phone", phone="0740222222")
    application.refresh_from_db()
    prove(application, now=timezone.now())
    late = press(client, application, "other-phone", phone="0740333333")

    assert (landline.status_code, "Give a mobile phone" in landline.content.decode()) == (422, True)
    told = [(one.recipient, one.kind) for one in Message.objects.order_by("pk")]
    assert told == [
        ("+212740111111", "joining.code"),
        ("+212740222222", "joining.code"),
        ("+212740222222", "joining.proved"),
    ]
    assert (late.status_code, Application.objects.get().phone) == (422, "+212740222222")


def test_the_applicant_withdraws_with_a_word_why(client):
    application = make_application("AGREED")

    empty = press(client, application, "withdraw", reason=" ")
    press(client, application, "withdraw", reason="We sell elsewhere.")
    page = client.get(address(application)).content.decode()

    assert empty.status_code == 422
    assert (Application.objects.get().state, "We sell elsewhere." in page) == ("WITHDRAWN", True)
    assert "/withdraw/" not in page
