import pytest

from fulfilment.papers.policies import digest, may_change


@pytest.mark.parametrize(
    ("state", "label", "slip"),
    [
        ("OPEN", True, True),
        ("PICKED", True, True),
        ("PACKED", True, False),
        ("HANDED_OVER", True, False),
        ("DELIVERED", False, False),
        ("CANCELLED", False, False),
    ],
)
def test_a_slip_changes_until_the_parcel_is_closed_and_a_label_until_it_has_left(state, label, slip):
    assert (may_change("label", state), may_change("slip", state)) == (label, slip)


def test_what_is_said_in_another_order_is_the_same():
    assert digest({"a": 1, "b": ["é"]}) == digest({"b": ["é"], "a": 1}) != digest({"a": 1, "b": ["e"]})


def test_the_address_in_a_code_is_no_part_of_what_is_said():
    assert digest({"a": 1, "codes": {"qr": "x"}}) == digest({"a": 1, "codes": {"qr": "y"}})
