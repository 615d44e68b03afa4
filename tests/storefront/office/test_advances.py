"""The office's pages of advances and of who receives for others."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.banking.models import Mandate
from catalogue.kernel.periods import day_of
from fulfilment.payouts.models import Advance
from storefront.notifications.models import Message
from tests.factories.advances import ask, give_mandate, join, lend, propose
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import deliver, pay_all
from tests.factories.people import make_member, make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def argan():
    """Return a cooperative that is owed 800 dirhams, so that it may have 400 in advances."""
    argan = make_cooperative(name="Argan d'Asni", slug="argan", short_name="Argan")
    deliver((make_stockrecord(cooperative=argan, farm_gate="80.00", in_stock=100), 10), method="card")
    return argan


@pytest.fixture
def treasury(argan):
    treasury = make_cooperative(name="Union Targanine", slug="targanine", short_name="Targanine")
    join(argan, treasury)
    return treasury


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


@pytest.fixture
def owner(client, argan):
    person = make_member(argan)
    sign_in(client, person)
    return person


def portal(name, *args):
    return "/en" + reverse(f"portal:{name}", args=("argan", *args))[3:]


def read(response):
    return response.content.decode().replace("\xa0", " ")


def test_the_list_shows_what_waits_with_its_age_and_what_is_left(client, finance, argan):
    lend(argan, "100.00", now=timezone.now() - timedelta(days=3))
    ask(argan, "60.00", now=timezone.now() - timedelta(hours=5))

    page = read(client.get(english("advances")))

    assert all(words in page for words in ("MAD 60.00", "5 hours", "MAD 100.00", "3 days", "MAD 25.00"))


def test_the_list_asks_no_more_for_more_advances(client, finance):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(english("advances")).status_code == 200
        return len(queries)

    def give(record):
        deliver((record, 10), method="card")
        lend(record.partner, "100.00")
        ask(record.partner, "60.00")

    give(make_stockrecord(farm_gate="80.00", in_stock=100))
    asked()
    one = asked()
    for _ in range(2):
        give(make_stockrecord(farm_gate="80.00", in_stock=100))

    assert asked() == one


def test_another_person_approves_and_the_asker_may_not(client, finance, argan):
    own = ask(argan, "60.00", by=finance)
    client.post(english("advance-step", own.pk, "approve"))
    refused = Advance.objects.get().state
    client.post(english("advance-step", own.pk, "withdraw"))
    others = ask(argan, "60.00")

    client.post(english("advance-step", others.pk, "approve"))

    assert refused == "ASKED"
    assert [one.state for one in Advance.objects.order_by("pk")] == ["WITHDRAWN", "APPROVED"]


def test_a_refusal_needs_words(client, finance, argan):
    advance = ask(argan, "60.00")

    page = client.post(english("advance-step", advance.pk, "refuse"), {"note": " "}, follow=True).content.decode()
    client.post(english("advance-step", advance.pk, "refuse"), {"note": "Not now."})

    advance.refresh_from_db()
    assert "Say why." in page
    assert (advance.state, advance.reason) == ("REFUSED", "Not now.")


def test_the_office_asks_on_behalf_within_the_limit(client, finance, argan):
    fields = {"amount_mad": "400.01", "instalments": "4", "purpose": "Jars"}
    over = client.post(english("ask-advance", "argan"), fields)
    client.post(english("ask-advance", "argan"), fields | {"amount_mad": "400"})

    assert over.status_code == 422
    assert "MAD 400.00 at most" in read(over)
    assert Advance.objects.get().asked_by == finance


@pytest.mark.parametrize("group", ["support", "catalogue", "logistics"])
def test_others_of_the_office_do_not_see_it(client, group):
    sign_in(client, make_staff(group))

    assert [client.get(english(name)).status_code for name in ("advances", "mandates")] == [403, 403]


def test_an_owner_asks_and_sees_what_is_left(client, owner, argan):
    before = read(client.get(portal("advances")))
    client.post(portal("advances"), {"amount_mad": "100", "instalments": "2", "purpose": "Jars"})
    advance = Advance.objects.get()
    waiting = read(client.get(portal("advances")))

    assert "MAD 400.00" in before
    assert (advance.asked_by, advance.state) == (owner, "ASKED")
    assert portal("withdraw-advance", advance.pk) in waiting
    client.post(portal("withdraw-advance", advance.pk))
    lend(argan, "100.00", instalments=2)
    pay_all()
    words = re.sub(r"<[^>]+>", "", read(client.get(portal("advances"))))
    assert "Left to pay back: MAD 100.00; each payment takes MAD 50.00" in words
    assert "Advance" in read(client.get(portal("money")))


@pytest.mark.parametrize("wrong", [{"amount_mad": "-5"}, {"amount_mad": "x"}, {"instalments": "13"}, {"purpose": " "}])
def test_what_an_owner_cannot_ask_for(client, owner, wrong):
    fields = {"amount_mad": "100", "instalments": "2", "purpose": "Jars"} | wrong

    assert client.post(portal("advances"), fields).status_code == 422
    assert not Advance.objects.exists()


def test_a_clerk_and_another_cooperative_see_nothing_of_it(client, argan):
    advance = ask(argan, "60.00")
    sign_in(client, make_member(argan, "clerk"))
    assert [client.get(portal(name)).status_code for name in ("advances", "receiver")] == [404, 404]
    other = make_cooperative(slug="other")
    sign_in(client, make_member(other))
    address = "/en" + reverse("portal:withdraw-advance", args=["other", advance.pk])[3:]
    assert client.post(address).status_code == 404


def test_the_office_proposes_a_mandate_and_another_agrees(client, finance, argan, treasury):
    fields = {"receiver": treasury.pk, "signed_by": "Fatima", "from_day": day_of(timezone.now()), "until_day": ""}
    client.post(english("propose-mandate", "argan"), fields)
    mandate = Mandate.objects.get()
    told = list(Message.objects.filter(kind="cooperative.mandate_proposed").values_list("recipient", flat=True))
    own = read(client.post(english("mandate-step", mandate.pk, "approve"), follow=True))
    sign_in(client, make_staff("finance"))
    client.post(english("mandate-step", mandate.pk, "approve"))

    mandate.refresh_from_db()
    assert argan.phone in told or argan.email in told
    assert "Someone of the office decides on a mandate" in own
    assert (mandate.state, mandate.proposed_by) == ("APPROVED", finance)
    assert "Used from" in read(client.get(english("mandates")))


def test_a_mandate_to_a_stranger_is_not_even_offered(client, finance, argan, treasury):
    stranger = make_cooperative(name="Strangers")
    fields = {"receiver": stranger.pk, "signed_by": "Fatima", "from_day": day_of(timezone.now())}

    page = client.post(english("propose-mandate", "argan"), fields)

    assert page.status_code == 422
    assert not Mandate.objects.exists()


def test_an_owner_names_who_receives_and_ends_it(client, owner, argan, treasury):
    fields = {"receiver": treasury.pk, "signed_by": "Fatima", "from_day": day_of(timezone.now())}
    client.post(portal("receiver"), fields)
    client.post(portal("receiver-step", Mandate.objects.get().pk, "withdraw"))
    mandate = give_mandate(argan, treasury)
    page = read(client.get(portal("receiver")))
    client.post(portal("receiver-step", mandate.pk, "end"))

    mandate.refresh_from_db()
    assert "in force" in page
    assert mandate.until_day == day_of(timezone.now())
    assert [one.state for one in Mandate.objects.order_by("pk")] == ["WITHDRAWN", "APPROVED"]


def test_who_receives_sees_for_whom(client, argan, treasury):
    give_mandate(argan, treasury)
    pay_all()
    sign_in(client, make_member(treasury))

    page = read(client.get("/en" + reverse("portal:received", args=["targanine"])[3:]))

    assert "MAD 800.00" in page
    assert "Argan" in page


def test_overlapping_days_are_said_in_words(client, finance, argan, treasury):
    propose(argan, treasury)
    fields = {"receiver": treasury.pk, "signed_by": "Fatima", "from_day": day_of(timezone.now())}

    page = read(client.post(english("propose-mandate", "argan"), fields))

    assert "Another mandate stands or waits for these days" in page


def test_whoever_decides_sees_the_limit_and_the_account_that_the_money_goes_to(client, finance, argan, treasury):
    ask(argan, "100.00")
    propose(argan, treasury)
    account = treasury.bank_accounts.get()

    advances = read(client.get(english("advances")))
    mandates = read(client.get(english("mandates")))

    assert ("May have in advances" in advances, "MAD 400.00" in advances) == (True, True)
    assert (account.holder_name in mandates, account.masked in mandates, account.rib in mandates) == (True, True, False)


def test_the_list_of_mandates_asks_no_more_for_three_than_for_one(client, finance):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(english("mandates")).status_code == 200
        return len(queries)

    def make_one():
        member, receiver = make_cooperative(), make_cooperative()
        join(member, receiver)
        propose(member, receiver)

    make_one()
    asked()
    one = asked()
    for _ in range(2):
        make_one()

    assert asked() == one
