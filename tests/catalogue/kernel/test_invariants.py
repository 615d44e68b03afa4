import pytest

from catalogue.kernel import invariants


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(invariants, "_checks", {})
    monkeypatch.setattr(invariants, "autodiscover_modules", lambda name: None)


def test_violations_names_each_check_with_its_first_rows():
    invariants.invariant("numbers are even")(lambda: range(1, 100, 2))
    invariants.invariant("always")(list)

    assert list(invariants.violations(limit=2)) == [("always", []), ("numbers are even", [1, 3])]


def test_two_checks_cannot_share_a_name():
    invariants.invariant("one")(list)

    with pytest.raises(ValueError, match="one"):
        invariants.invariant("one")(tuple)
