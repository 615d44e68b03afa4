import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.orders.policies import ALPHABET
from storefront.vouchers.policies import LENGTH, fold_code, new_code, spell


def test_a_code_holds_at_least_forty_bits_and_no_two_are_alike():
    codes = {new_code() for _ in range(2000)}

    assert LENGTH * math.log2(len(ALPHABET)) >= 40
    assert len(codes) == 2000
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)


@pytest.mark.parametrize(
    "written", ["K7M-2PX-9QA", "k7m2px9qa", " K7M 2PX 9QA ", "k7m–2px–9qa", "K٧M-٢PX-٩QA", "k۷m۲px۹qa", "K7M.2PX.9QA"]
)
def test_a_code_is_read_in_any_writing(written):
    assert fold_code(written) == "K7M2PX9QA"


@pytest.mark.parametrize("written", ["", "K7M", "K7M2PX9QAA", "O7M2PX9QA", "K7M2PX9Q1", "💥" * 9, "\0" * 9])
def test_what_is_no_code_is_nothing(written):
    assert fold_code(written) == ""


@given(st.builds(new_code))
def test_a_spelt_code_is_read_back(code):
    assert fold_code(spell(code).lower()) == code
