"""A member's statement of a lot that several made: its share beside the line, its money, and nobody else's."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import translation

from fulfilment.ledger.queries import balances_by_cooperative
from fulfilment.payouts import queries
from fulfilment.payouts.models import Payout
from tests.factories.asking import leg_of
from tests.factories.payouts import deliver, later, pay_all
from tests.factories.people import make_member, sign_in
from tests.factories.shares import make_shared, make_union

pytestmark = pytest.mark.django_db


def english(name, *args):
    return "/en" + reverse(f"portal:{name}", args=args)[3:]


@pytest.fixture
def members():
    return make_union()


@pytest.fixture
def line(members):
    return deliver((make_shared(members, 500, 300, 200), 3), method="card").lines.get()


def test_each_statement_is_its_ledger_and_says_the_share(members, line):
    translation.activate("en")
    lot = line.allocations.get().stock.lot.number
    balances = balances_by_cooperative("cooperatives.payable")
    owed = [queries.owed_statement(member, later()) for member in members]
    pay_all()
    paid = [queries.statement(Payout.objects.get(cooperative=member)) for member in members]

    for statements in (owed, paid):
        assert [one.to_receive_mad for one in statements] == [-balances[member.pk] for member in members]
        assert [one.sold_mad for one in statements] == [120, 72, 48]
        told = [row.share for one in statements for row in one.lines]
        assert told == [f"{part} of 1000 of lot {lot}" for part in (500, 300, 200)]


def test_the_page_the_line_and_the_table_say_the_share(client, members, line):
    told = f"300 of 1000 of lot {line.allocations.get().stock.lot.number}"
    member = members[1]
    pay_all()
    payout = Payout.objects.get(cooperative=member)
    sign_in(client, make_member(member))

    pages = [english("payout", member.slug, payout.reference), english("money-line", member.slug, leg_of(member))]
    texts = [client.get(page).content.decode() for page in pages]
    table = ZipFile(BytesIO(client.get(english("statement-xlsx", member.slug, payout.reference)).content))
    texts.append(" ".join(table.read(name).decode() for name in table.namelist() if name.endswith(".xml")))

    assert [told in text for text in texts] == [True] * 3
    assert not any("500 of 1000" in text or "120.00" in text for text in texts)
