"""What buyers and anyone may know: whether a line was paid, and sums that tell nobody's own."""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.places.models import Province, Region
from fulfilment.payments import operations as payments
from fulfilment.payouts import hiding, proof
from fulfilment.payouts.hiding import Paid, Place
from fulfilment.payouts.models import Payout
from tests.factories.catalogue import make_cooperative, make_province, make_stockrecord
from tests.factories.movements import give_back
from tests.factories.payouts import (
    approve_another_account,
    deliver,
    draft,
    later,
    pay_all,
    pay_due,
    send,
    send_back_from_bank,
    settle,
)
from tests.factories.shortages import make_paid


def paid(number, mad=None, before=0):
    """So many cooperatives of 100 MAD each, all of it lately but for some that were paid before too."""
    return Paid(Decimal(mad or number * 100), Decimal(mad or number * 100), number, number, before)


def names(found):
    standing, together = found
    return [place.name for place in standing], together and together.whole.ever


@pytest.mark.django_db
class TestPaidAt:
    @pytest.fixture
    def argan(self):
        return make_cooperative()

    @pytest.fixture
    def order(self, argan):
        return deliver((make_stockrecord(cooperative=argan, farm_gate="80.00"), 2), method="card")

    def paid_at(self, order):
        line = order.lines.get()
        return proof.paid_at(order.number, [line.pk]).get(line.pk, "left out")

    def test_not_before_the_bank_paid(self, order, django_assert_num_queries):
        before = self.paid_at(order)
        run = send(draft())
        under_way = self.paid_at(order)
        settle(run)

        with django_assert_num_queries(2):
            after = self.paid_at(order)
        assert (before, under_way) == (None, None)
        assert after == Payout.objects.get().settled_at

    def test_money_that_came_back_is_not_paid_until_it_is_paid_again(self, argan, order):
        pay_all()
        send_back_from_bank(Payout.objects.get())
        returned = self.paid_at(order)
        approve_another_account(argan)
        pay_due(later())

        assert returned is None
        assert self.paid_at(order) == Payout.objects.get(state="SETTLED").settled_at

    def test_a_line_given_back_is_left_out_and_one_given_back_in_part_is_not(self, order):
        line = order.lines.select_related("order").get()
        pay_all()

        give_back(line, 1)
        in_part = self.paid_at(order)
        give_back(line, 1, before=1)

        assert in_part == Payout.objects.get().settled_at
        assert self.paid_at(order) == "left out"

    def test_a_line_given_back_before_it_was_delivered_is_left_out(self, bank, run_jobs):
        order, line = make_paid(bank, run_jobs)
        sold = proof.paid_at(order.number, [line.pk])

        payments.ask_refund(
            order_id=order.pk, quantities={line.pk: line.quantity}, reason="MISSING", by=None, now=timezone.now()
        )
        run_jobs()

        assert (sold, proof.paid_at(order.number, [line.pk])) == ({line.pk: None}, {})

    def test_another_orders_lines_are_not_told(self, order):
        pay_all()
        other = deliver((make_stockrecord(), 1), method="card")

        assert proof.paid_at(other.number, [order.lines.get().pk]) == {order.lines.get().pk: None}


@pytest.mark.django_db
class TestFigures:
    def region(self, code, name):
        region = make_province().region
        Region.objects.get_or_create(
            code=code,
            defaults={
                "slug": name.lower(),
                "name": name,
                "chief_town": name,
                "population_2024": 1,
                "latitude": region.latitude,
                "longitude": region.longitude,
            },
        )
        province = make_province(code[-3:] + "P", name)
        Province.objects.filter(pk=province.pk).update(region=Region.objects.get(code=code))
        return province

    def pay(self, number, province, *, womens=False, price="80.00"):
        for _ in range(number):
            cooperative = make_cooperative(province=province, is_womens=womens)
            deliver((make_stockrecord(cooperative=cooperative, farm_gate=price), 1), method="card")

    def test_each_figure_is_of_settled_payments_alone(self, django_assert_num_queries):
        self.pay(3, make_province(), womens=True)
        self.pay(4, self.region("MA-09", "Souss"))
        pay_all()
        self.pay(5, make_province())  # owed, not paid
        send_back_from_bank(Payout.objects.filter(cooperative__is_womens=False).first())

        with django_assert_num_queries(1):
            found = proof.figures(timezone.now())

        assert [(place.name, place.whole.ever, place.whole.ever_mad) for place in found.places] == [
            ("Fès-Meknès", 3, Decimal("240.00")),
            ("Souss", 3, Decimal("240.00")),
        ]
        assert (found.whole.ever_mad, found.womens.ever_mad) == (Decimal("480.00"), Decimal("240.00"))
        settled = sum(Payout.objects.filter(state="SETTLED").values_list("amount_mad", flat=True))
        assert found.whole.ever_mad == settled

    def test_what_was_paid_longer_ago_counts_in_all_alone(self):
        self.pay(3, make_province())
        pay_all()

        found = proof.figures(timezone.now() + timedelta(days=800))

        assert (found.whole.ever_mad, found.whole.lately_mad) == (Decimal("240.00"), Decimal("0.00"))

    def test_nothing_is_told_of_two(self):
        self.pay(2, make_province())
        pay_all()

        found = proof.figures(timezone.now())

        assert (found.places, found.together, found.whole, found.womens) == ([], None, None, None)


def test_regions_of_three_stand_alone():
    places = [Place("Souss", others=paid(3)), Place("Fès", womens=paid(5)), Place("Draa")]

    assert names(hiding.grouped(places)) == (["Fès", "Souss"], None)


def test_a_region_of_two_takes_the_smallest_other_with_it():
    """Else its figure would be the total less the others."""
    places = [Place("Souss", others=paid(3)), Place("Fès", others=paid(5)), Place("Draa", others=paid(2))]

    assert names(hiding.grouped(places)) == (["Fès"], 5)


def test_small_regions_that_are_enough_together_take_no_other():
    places = [Place("Fès", others=paid(5)), Place("Draa", others=paid(2)), Place("Guelmim", others=paid(1))]

    assert names(hiding.grouped(places)) == (["Fès"], 3)


def test_one_paid_before_the_last_year_alone_is_not_read_off_the_difference():
    assert names(hiding.grouped([Place("Fès", others=paid(5, before=1))])) == ([], None)


def test_womens_sum_is_not_told_where_it_would_tell_of_one_other():
    assert hiding.womens_may_be_told([Place("Fès", womens=paid(4), others=paid(3)), Place("Souss", others=paid(3))])
    assert not hiding.womens_may_be_told([Place("Fès", womens=paid(4), others=paid(1)), Place("Souss", others=paid(3))])
    assert not hiding.womens_may_be_told([Place("Fès", womens=paid(2), others=paid(3))])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=5))
def test_no_difference_of_figures_is_of_one_or_two_cooperatives(sizes):
    places = [Place(str(at), paid(womens), paid(others)) for at, (womens, others) in enumerate(sizes)]

    standing, together = hiding.grouped(places)

    shown = [*standing, *([together] if together else [])]
    assert sum(place.whole.ever for place in shown) in (0, sum(map(sum, sizes)))
    assert all(place.whole.ever >= hiding.FEWEST for place in shown)
    if shown and hiding.womens_may_be_told(shown):
        for size in range(len(shown) + 1):
            for away in combinations(shown, size):
                left = sum(p.womens.ever for p in shown if p not in away) + sum(p.others.ever for p in away)
                assert left == 0 or left >= hiding.FEWEST
