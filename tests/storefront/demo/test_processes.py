"""The demonstration talks to its own bank, or to Stripe when it is given a test key."""

import pytest

from storefront.demo.processes import environment, processes
from storefront.demo.start import OURS


@pytest.mark.parametrize(("key", "stands_in"), [("", True), ("sk_test_of_someone", False)])
def test_the_stand_in_runs_when_no_key_is_given(monkeypatch, key, stands_in):
    monkeypatch.setenv("STRIPE_SECRET_KEY", key)

    shared = environment(port=8100, stripe_port=8101)
    names = [process.name for process in processes(port=8100)]

    assert ("stripe" in names, shared.get("STRIPE_API_BASE") == "http://127.0.0.1:8101") == (stands_in, stands_in)


def test_what_the_bank_remembers_is_forgotten_with_the_demonstration():
    assert "demo-stripe.json" in OURS
