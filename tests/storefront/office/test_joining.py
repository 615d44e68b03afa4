"""The office's side of joining: what waits with its age, papers that only staff get, steps by right."""

import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.cooperatives.models import Partner
from catalogue.joining.models import Application
from tests.factories.banking import make_rib
from tests.factories.catalogue import make_cooperative
from tests.factories.joining import PDF, make_application, send_application
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    person = make_staff("catalogue")
    sign_in(client, person)
    return person


def press(client, application, name, **fields):
    return client.post(english("joining-step", application.pk, name), fields, follow=True).content.decode()


def state_of(application):
    return Application.objects.get(pk=application.pk).state


def test_the_list_shows_what_is_under_way_with_its_age(client, office, clock):
    waiting, refused = make_application(), make_application()
    press(client, refused, "refuse", words="No.")
    clock.shift(3600 * 5)
    sign_in(client, make_staff("catalogue"))

    page = client.get(english("joining")).content.decode()
    of_one_state = client.get(english("joining") + "?state=REFUSED").content.decode()

    assert (waiting.name_fr in page, refused.name_fr in page, "5\xa0hours" in page) == (True, False, True)
    assert (waiting.name_fr in of_one_state, refused.name_fr in of_one_state) == (False, True)


def test_an_application_is_taken_asked_about_and_approved(client, office):
    application = make_application(rib=make_rib(7))

    taken = press(client, application, "take")
    asked = press(client, application, "ask", words="A clearer photo.")
    assert state_of(application) == "MORE_ASKED"
    assert "A clearer photo." in asked
    assert application.rib not in taken

    other = make_application("IN_REVIEW", rib=make_rib(8))
    page = press(client, other, "approve", with_account="on")

    cooperative = Partner.objects.get(application=other)
    assert (state_of(other), cooperative.is_active, cooperative.bank_accounts.count()) == ("APPROVED", False, 1)
    assert "Saved." in page


def test_a_refusal_needs_words(client, office):
    application = make_application()

    assert "Write in a few words why." in press(client, application, "refuse", words=" ")
    assert state_of(application) == "SENT"
    assert "Not a cooperative." in press(client, application, "refuse", words="Not a cooperative.")
    assert state_of(application) == "REFUSED"


def test_approving_again_changes_nothing_and_says_so(client, office):
    application = make_application("APPROVED")

    page = press(client, application, "approve")

    assert "This application is “approved” by now; nothing was changed." in page
    assert Partner.objects.count() == 1


def test_finance_writes_the_terms_and_the_approver_cannot(client):
    director = make_staff("director")
    application = make_application("APPROVED", approver=director)
    terms = {"valid_from": "2026-12-01", "method": "cheque", "cycle": "monthly", "words": ""}

    sign_in(client, director)
    own = client.post(english("joining-terms", application.pk), terms)
    sign_in(client, make_staff("finance"))
    late = client.post(english("joining-terms", application.pk), terms | {"valid_from": "2026-11-19"})
    client.post(english("joining-terms", application.pk), terms)

    assert (own.status_code, "You approved this application yourself" in own.content.decode()) == (422, True)
    assert (late.status_code, "Terms begin today or later." in late.content.decode()) == (422, True)
    assert application.cooperative.fee_agreements.get().payout_method == "cheque"


@pytest.mark.parametrize("name", ["take", "ask", "approve", "refuse", "withdraw", "phone", "agree-phone", "keep-phone"])
def test_support_looks_and_presses_nothing(client, name):
    sign_in(client, make_staff("support"))
    application = make_application()

    assert client.get(english("joining-application", application.pk)).status_code == 200
    assert client.post(english("joining-step", application.pk, name), {"words": "x"}).status_code == 403
    assert client.post(english("joining-terms", application.pk)).status_code == 403


def test_a_paper_is_served_to_the_office_as_a_file_to_keep(client, office):
    application, other = make_application(), make_application()
    paper = application.documents.filter(kind="statutes").get()

    answer = client.get(english("joining-document", application.pk, paper.pk))

    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], "private, no-store" in answer["Cache-Control"]) == ("nosniff", True)
    assert client.get(english("joining-document", other.pk, paper.pk)).status_code == 404


@pytest.mark.parametrize("who", ["nobody", "shopper", "owner", "logistics"])
def test_nobody_else_gets_a_paper_or_a_page(client, who):
    application = make_application()
    paper = application.documents.first()
    if who != "nobody":
        makers = {"shopper": make_person, "owner": lambda: make_member(make_cooperative())}
        sign_in(client, makers.get(who, lambda: make_staff("logistics"))())

    pages = [english("joining-document", application.pk, paper.pk), english("joining-application", application.pk)]

    assert {client.get(page).status_code for page in pages} == {
        {"nobody": 302, "shopper": 404, "owner": 404, "logistics": 403}[who]
    }


def test_the_pages_ask_the_database_as_often_however_much_there_is(client, office):
    application = make_application("IN_REVIEW", approver=office)

    def asked(page):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    pages = [english("joining"), english("joining-application", application.pk)]
    for page in pages:
        asked(page)
    before = [asked(page) for page in pages]
    for _ in range(2):
        make_application("IN_REVIEW")
    press(client, application, "ask", words="More.")

    assert [asked(page) for page in pages] == before


def test_one_proposes_another_phone_and_another_agrees(client, office):
    application = make_application("APPROVED")
    wrong = press(client, application, "phone", phone="05", reason="x")
    own = press(client, application, "phone", phone="0740155555", reason="The phone was stolen.")
    refused = press(client, application, "agree-phone")
    sign_in(client, make_staff("catalogue"))
    press(client, application, "agree-phone")

    assert "We cannot read this as a phone number" in wrong
    assert "You proposed this yourself" in own
    assert "Someone else than the person who proposed a phone agrees to it." in refused
    assert Application.objects.get().phone == "+212740155555"


def test_an_approved_application_is_refused_or_withdrawn_in_words(client, office):
    first, second = make_application("APPROVED"), make_application("AGREED")

    press(client, first, "refuse", words="Not a cooperative.")
    page = press(client, second, "withdraw", words="They called.")

    assert (state_of(first), state_of(second)) == ("REFUSED", "WITHDRAWN")
    assert "They called." in page
    assert english("joining-step", second.pk, "withdraw") not in page


@pytest.mark.parametrize("name", ["approve", "phone", "agree-phone"])
def test_what_leads_to_money_asks_for_a_sign_in_of_this_moment(client, office, name):
    application = make_application("IN_REVIEW")
    session = client.session
    records = [record | {"at": time.time() - 21 * 60} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()

    answer = client.post(english("joining-step", application.pk, name), {"phone": "0740155555", "reason": "x"})

    assert "reauthenticate" in answer.url
    assert state_of(application) == "IN_REVIEW"


def test_nobody_takes_an_application_whose_phone_is_not_proved(client, office):
    application = send_application(is_proved=False, now=timezone.now())

    page = press(client, application, "take")

    assert "The applicant has not proved the phone yet" in page
    assert "nobody proved to have it" in page
    assert application.name_fr not in client.get(english("joining")).content.decode()


def test_how_a_cooperative_is_paid_is_set_and_shown_to_it(client):
    argan = make_cooperative(slug="argan")
    sign_in(client, make_staff("finance"))
    page = english("payout-terms", "argan")

    wrong = client.post(page, {"method": "cheque", "cycle": "daily", "reason": "x"})
    same = client.post(page, {"method": "bank_transfer", "cycle": "weekly", "reason": "x"})
    client.post(page, {"method": "cheque", "cycle": "monthly", "reason": "Its bank closed."})

    argan.refresh_from_db()
    assert (wrong.status_code, same.status_code) == (422, 422)
    assert (argan.payout_method, argan.payout_cycle) == ("cheque", "monthly")
    assert "Its bank closed." in client.get(page).content.decode()
    sign_in(client, make_member(argan))
    shown = client.get("/en/portal/argan/cooperative/").content.decode()
    assert ("cheque" in shown, "Its bank closed." in shown) == (True, True)


def test_setting_it_asks_for_the_right_and_a_sign_in_of_this_moment(client):
    make_cooperative(slug="argan")
    terms = {"method": "cheque", "cycle": "monthly", "reason": "x"}
    sign_in(client, make_staff("catalogue"))
    assert client.post(english("payout-terms", "argan"), terms).status_code == 403

    sign_in(client, make_staff("finance"))
    session = client.session
    records = [record | {"at": time.time() - 21 * 60} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()

    assert "reauthenticate" in client.post(english("payout-terms", "argan"), terms).url
    assert Partner.objects.get(slug="argan").payout_method == "bank_transfer"


def test_a_cooperative_that_is_not_open_yet_is_not_shown(client):
    application = make_application("AGREED")

    assert client.get(f"/en/cooperatives/{application.cooperative.slug}/").status_code == 404
