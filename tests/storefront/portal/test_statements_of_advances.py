"""A payment that takes something for an advance says the same sums wherever it is told."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from fulfilment.payouts import queries
from fulfilment.payouts.models import Payout
from fulfilment.payouts.papers import paper_of
from storefront.notifications import payouts as letters
from storefront.notifications.models import Message
from tests.factories.advances import lend
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.movements import give_back
from tests.factories.payouts import deliver, pay_all
from tests.factories.people import make_member, make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def argan():
    return make_cooperative(name="Argan des femmes", short_name="Argan", slug="argan", email="argan@example.org")


@pytest.fixture
def payout(argan):
    """A payout of 1,040 dirhams of sales, less 40 taken back and 200 for an advance."""
    record = make_stockrecord(cooperative=argan, farm_gate="40.00", in_stock=100)
    deliver((record, 25), method="card")
    pay_all()
    lend(argan, "200.00", instalments=1)
    pay_all()
    give_back(deliver((record, 26), method="card").lines.select_related("order").get(), 1)
    pay_all()
    return Payout.objects.select_related("cooperative", "run").latest("pk")


def english(name: str, *args: object) -> str:
    return "/en" + reverse(name, args=args)[3:]


def read(text: str) -> str:
    return re.sub(r"<[^>]+>", " ", text).replace("\xa0", " ")


def facts(page) -> dict[str, str]:
    found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page.content.decode())
    return {name: read(value).strip() for name, value in found}


def test_three_lines_count_what_an_advance_took(payout):
    statement = queries.statement(payout)

    three = statement.brought_in_mad, statement.taken_off_mad, statement.to_receive_mad
    assert three == (Decimal("1040.00"), Decimal("240.00"), Decimal("800.00"))
    assert payout.amount_mad == statement.to_receive_mad


def test_sms_and_mail_say_what_was_sold_taken_off_and_paid(argan, payout, run_jobs):
    make_member(argan, "owner", phone="+212662222222", email="owner@example.org", language="en")
    run_jobs()

    told = Message.objects.filter(kind=f"cooperative.{letters.SETTLED}", key__contains=payout.reference)
    sms, mail = (told.get(recipient=one).text for one in ("+212662222222", "owner@example.org"))
    three = [
        "Sold and owed: MAD 1,040.00",
        "Taken off: MAD 240.00",
        f"Paid on {payout.settled_at:%d/%m/%Y}: MAD 800.00",
    ]
    assert read(sms).splitlines()[1:] == read(mail).splitlines()[:3] == three


def test_pages_of_portal_and_office_say_them_too(client, argan, payout):
    sign_in(client, make_member(argan, "owner"))
    portal = facts(client.get(english("portal:payout", "argan", payout.reference)))
    sign_in(client, make_staff("finance"))
    office = facts(client.get(english("office:payout", payout.reference)))

    said = {"Sold": "MAD 1,040.00", "Taken back": "MAD 40.00", "Paid back of advances": "MAD 200.00"}
    assert {name: portal[name] for name in said} == {name: office[name] for name in said} == said
    assert (portal["Received"], office["Paid"]) == ("MAD 800.00", "MAD 800.00")


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_paper_says_them_too(payout, language):
    sums = [row["value"]["text"] for row in paper_of(payout, language)["sums"]]

    amounts = [re.sub(r"[^\d\u2212-]", "", text) for text in sums]
    assert amounts[:5] == ["104000", "000", "4000", "20000", "80000"]


def test_the_workbooks_amounts_come_to_its_total(client, argan, payout):
    sign_in(client, make_member(argan, "owner"))

    content = client.get(english("portal:statement-xlsx", "argan", payout.reference)).content

    rows = load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()
    amounts = [row[-1] for row in rows[1:]]
    assert amounts == [1040.0, -40.0, -200.0, 800.0]
    assert rows[-2][1] == "Paid back of advances"
    assert rows[-1][1] == "Total"
