"""Which papers, which lines: limits met exactly, sums that never lose a gram or a cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.customs import policies
from fulfilment.customs.policies import CN22, CN23, COMMERCIAL_INVOICE, Item

D = Decimal


@pytest.mark.parametrize(
    ("service", "gross_g", "value_sdr", "form"),
    [
        ("CN22", 2000, D("300"), CN22),
        ("CN22", 2001, D("300"), CN23),
        ("CN22", 2000, D("300.000001"), CN23),
        ("CN22", 100, D("10"), CN22),
        ("CN22", 100, None, CN23),  # nobody wrote what an SDR is worth
        ("CN23", 100, D("10"), CN23),  # a parcel, however small
        ("", 100, D("10"), CN23),
    ],
)
def test_the_form_follows_service_weight_and_value(service, gross_g, value_sdr, form):
    assert policies.papers_for(service, gross_g=gross_g, value_sdr=value_sdr) == (form, COMMERCIAL_INVOICE)


def test_a_courier_company_takes_its_own_waybill():
    service = "air waybill + commercial invoice"

    assert policies.papers_for(service, gross_g=1, value_sdr=D(1)) == (COMMERCIAL_INVOICE,)


ITEMS = st.builds(
    Item,
    title=st.just("t"),
    family_fr=st.sampled_from(["Huile", "Miel"]),
    family_en=st.sampled_from(["Oil", "Honey"]),
    heading=st.sampled_from(["151590", "040900"]),
    province=st.sampled_from(["Taounate", "Laâyoune"]),
    mention=st.just(""),
    quantity=st.integers(1, 50),
    net_g=st.integers(0, 9000),
    value=st.decimals(0, 9999, places=2),
)


@given(st.lists(ITEMS, min_size=1, max_size=12))
def test_rows_keep_every_gram_cent_and_piece(items):
    rows = policies.rows_of(items)

    assert len({(row.heading, row.province) for row in rows}) == len(rows)
    for name in ("quantity", "net_g", "value"):
        assert sum(getattr(row, name) for row in rows) == sum(getattr(item, name) for item in items)


@given(st.decimals(0, 99999, places=2), st.lists(st.integers(0, 5000), min_size=1, max_size=6))
def test_what_a_hamper_holds_is_worth_what_was_paid_for_it(value, weights):
    assert sum(policies.share(value, [None] * len(weights), weights)) == value
    assert sum(policies.share(value, [D(weight + 1) for weight in weights], weights)) == value


def test_a_hamper_is_shared_by_price_and_by_weight_where_one_has_none():
    assert policies.share(D("30.00"), [D(100), D(200)], [900, 100]) == [D("10.00"), D("20.00")]
    assert policies.share(D("30.00"), [D(100), None], [900, 100]) == [D("27.00"), D("3.00")]


@pytest.mark.parametrize(
    ("net_g", "net_value", "net_unit", "answer"),
    [
        (455, D(500), "ml", (455, False)),
        (None, D(250), "g", (250, False)),
        (None, D(500), "ml", (890, True)),
        (None, D(1), "piece", (890, True)),
    ],
)
def test_a_volume_is_never_taken_for_a_weight(net_g, net_value, net_unit, answer):
    found = policies.net_weight(net_g=net_g, net_value=net_value, net_unit=net_unit, gross_g=890)

    assert found == answer


@pytest.mark.parametrize(
    ("block", "value", "may"),
    [
        ("EU", D("6000"), True),
        ("EU", D("6000.01"), False),
        ("CH", D(1), True),
        ("US", D(1), False),
        ("EU", None, False),
    ],
)
def test_the_exporter_declares_the_origin_up_to_six_thousand_euros(block, value, may):
    assert policies.may_declare_origin(block, value) is may
