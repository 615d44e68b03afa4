"""The database adds up what is owed and due as the rules do leg by leg."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import Partner
from fulfilment.payouts import operations, owing, policies, queries, sums
from fulfilment.payouts.sums import Owed
from tests.factories.catalogue import make_stockrecord
from tests.factories.movements import give_back
from tests.factories.payouts import AFTER, deliver, hand_in_cash, later, pay_all, send_back_from_bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def history():
    """Cooperatives with lines paid, paid and taken back, disputed, waiting for cash, for days, and sent back."""
    oil, honey, salt = (make_stockrecord(farm_gate=price, in_stock=60) for price in ("80.00", "30.00", "7.50"))
    first = deliver((oil, 2), (honey, 1), method="card")
    returned = pay_all().payouts.order_by("pk").last()
    give_back(first.lines.order_by("pk").first(), 1)
    send_back_from_bank(returned)
    disputed = deliver((oil, 1), (honey, 3), method="card")
    operations.freeze(order_id=disputed.pk, dispute_id=1, now=timezone.now())
    give_back(deliver((salt, 4), method="card").lines.get(), 1)
    deliver((oil, 1), (salt, 1), method="cash")
    hand_in_cash()
    deliver((oil, 5), (honey, 5), method="cash")


def by_rules(now):
    found = {}
    for cooperative in Partner.objects.order_by("pk"):
        legs = owing.legs(owing.owed_lines().filter(account__cooperative=cooperative))
        lines = len({leg.order_line for leg in legs if leg.order_line})
        if legs:
            found[cooperative.pk] = Owed(policies.total(legs), policies.total(policies.due(legs, now)), lines)
    return found


@pytest.mark.parametrize("after", [timedelta(), AFTER, AFTER * 2])
def test_sums_are_those_of_the_rules(history, after):
    now = timezone.now() + after

    assert sums.owed_of_each(owing.owed_lines(), now) == by_rules(now)
    assert {cooperative.pk: owed for cooperative, owed in queries.owed_by_cooperative(now)} == by_rules(now)


def test_a_preview_is_what_a_draft_then_pays(history):
    now = later()
    preview = operations.preview(cycle="weekly", now=now)

    run = operations.draft(cycle="weekly", now=now)

    assert [(one.cooperative_id, one.amount_mad) for one in preview.paid] == list(
        run.payouts.order_by("pk").values_list("cooperative", "amount_mad")
    )
