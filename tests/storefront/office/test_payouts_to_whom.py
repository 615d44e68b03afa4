"""Before a run is approved its page says how, to whom and to which account each payment goes, as it was frozen."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Partner
from tests.factories.advances import give_mandate, join, lend
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import AFTER, deliver, draft, pay_all, send
from tests.factories.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury():
    return make_cooperative(short_name="Targanine", slug="targanine")


@pytest.fixture
def member(treasury):
    """A member paid at an agency by its own terms, for which the treasury of its union receives."""
    member = make_cooperative(short_name="Tamounte", slug="tamounte", payout_method="cash_at_agency")
    join(member, treasury)
    give_mandate(member, treasury)
    return member


def english(name: str, *args: object) -> str:
    return "/en" + reverse(f"office:{name}", args=args)[3:]


def earn(cooperative, pieces=2):
    deliver((make_stockrecord(cooperative=cooperative, farm_gate="80.00", in_stock=50), pieces), method="card")


def rows(client, page) -> dict[str, str]:
    """Return what each row of a page's tables says, by the cooperative that its first link or cell names."""
    html = client.get(page).content.decode()
    found = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, re.DOTALL)
    return {name: words(row) for row in found for name in _named(row)}


def read(client, page) -> str:
    return words(client.get(page).content.decode())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _named(row):
    return [name for name in Partner.objects.values_list("name", flat=True) if f"<bdi>{name}</bdi>" in row]


def pages_of(client, clock):
    """Return what preview and run say of each cooperative."""
    clock.shift(AFTER)
    sign_in(client, make_staff("finance"))
    preview = rows(client, english("payout-preview", "weekly"))
    run = draft(timezone.now())
    return preview, rows(client, english("payout-run", run.reference)), run


def test_a_member_is_shown_with_who_receives_and_the_account(client, clock, member, treasury):
    earn(member)
    account = BankAccount.objects.get(cooperative=treasury)

    preview, run, _run = pages_of(client, clock)

    for said in (preview[member.name], run[member.name]):
        assert "bank transfer" in said
        assert "agency" not in said
        assert account.holder_name in said
        assert f"… {account.rib[-4:]} new account" in said
        assert account.rib[-6:] not in said
        assert "Received by Targanine for member Tamounte" in said


def test_a_run_says_how_it_pays_though_the_terms_changed(client, clock):
    argan = make_cooperative(slug="argan")
    earn(argan)
    _preview, _said, run = pages_of(client, clock)

    Partner.objects.filter(pk=argan.pk).update(payout_method="cheque")

    said = rows(client, english("payout-run", run.reference))[argan.name]
    assert ("bank transfer" in said, "cheque" in said) == (True, False)


def test_an_account_that_was_paid_is_not_new_and_new_ones_come_first(client, clock):
    known = make_cooperative(slug="known")
    earn(known)
    pay_all()
    fresh = make_cooperative(slug="fresh")
    earn(known)
    earn(fresh)

    clock.shift(AFTER)
    preview, said, run = pages_of(client, clock)

    page = read(client, english("payout-run", run.reference))
    for found in (preview, said):
        assert ["new account" in found[one.name] for one in (known, fresh)] == [False, True]
    assert list(said) == [fresh.name, known.name]
    assert "To accounts never paid before 1 " in page


def test_an_account_is_new_until_a_payment_went_through(client, clock):
    argan = make_cooperative(slug="argan")
    earn(argan)
    send(draft())
    earn(argan)

    clock.shift(AFTER)
    preview, _said, _run = pages_of(client, clock)

    assert "new account" in preview[argan.name]


def test_what_is_taken_for_an_advance_stands_beside_the_amount(client, clock):
    argan = make_cooperative(slug="argan")
    earn(argan, 10)
    pay_all()
    lend(argan, "200.00", instalments=1)
    pay_all()
    earn(argan, 10)

    clock.shift(AFTER * 3)
    preview, run, _run = pages_of(client, clock)

    for said in (preview[argan.name], run[argan.name]):
        assert said.endswith("MAD 600.00 Paid back of advances: MAD 200.00")


def test_a_payouts_page_shows_four_digits_and_the_frozen_method(client, clock):
    argan = make_cooperative(slug="argan")
    earn(argan)
    _preview, _said, run = pages_of(client, clock)
    payout = run.payouts.get()

    html = client.get(english("payout", payout.reference)).content.decode()

    assert (f"… {payout.rib[-4:]}<" in html, payout.rib[-5:] in html) == (True, False)
    assert "<dt>Paid by</dt><dd>bank transfer</dd>" in html


def test_the_preview_asks_the_same_for_one_new_account_and_for_three(client, clock, django_assert_num_queries):
    earn(make_cooperative())
    clock.shift(AFTER)
    sign_in(client, make_staff("finance"))
    page = english("payout-preview", "weekly")
    client.get(page)
    with CaptureQueriesContext(connection) as first:
        client.get(page)
    asked = len(first)
    earn(make_cooperative())
    earn(make_cooperative())
    clock.shift(AFTER)
    sign_in(client, make_staff("finance"))
    client.get(page)

    with django_assert_num_queries(asked):
        client.get(page)
