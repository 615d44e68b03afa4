import pytest

from catalogue.kernel import identifiers

RIB = "225450000000000900150961"  # of a fictional cooperative


def test_ean13_knows_its_last_digit():
    assert identifiers.is_ean13("6119001000019")
    assert not identifiers.is_ean13("6119001000018")


@pytest.mark.parametrize("text", ["", "611900100001", "61190010000190", "611900100001x", "٦١١٩٠٠١٠٠٠٠١٩"])
def test_ean13_refuses_other_lengths_and_scripts(text):
    assert not identifiers.is_ean13(text)


def test_ice_divides_by_97():
    assert identifiers.is_ice("999000001000075")
    assert not identifiers.is_ice("999000001000076")
    assert not identifiers.is_ice("99900000100007")


def test_rib_catches_every_single_wrong_digit_and_neighbour_swap():
    assert identifiers.is_rib(RIB)
    for place in range(24):
        for digit in "0123456789":
            if digit != RIB[place]:
                assert not identifiers.is_rib(RIB[:place] + digit + RIB[place + 1 :])
    for place in range(23):
        swapped = RIB[:place] + RIB[place + 1] + RIB[place] + RIB[place + 2 :]
        assert swapped == RIB or not identifiers.is_rib(swapped)


def test_iban_is_ma64_around_a_valid_rib():
    iban = identifiers.rib_to_iban(RIB)

    assert iban == "MA64225450000000000900150961"
    assert identifiers.is_iban_ma(iban)
    assert not identifiers.is_iban_ma(iban.replace("MA64", "MA37"))
    assert not identifiers.is_iban_ma(iban[:-1] + "2")


def test_rib_to_iban_refuses_a_wrong_key():
    with pytest.raises(ValueError):
        identifiers.rib_to_iban(RIB[:-1] + "2")


@pytest.mark.parametrize(
    ("iban", "fits"),
    [
        ("MA64225450000000000900150961", True),
        ("MA64225450000000000900150962", False),
        ("MA65225450000000000900150961", False),
        ("DE89370400440532013000", True),
        ("DE89370400440532013001", False),
        ("FR1420041010050500013M02606", True),
        ("fr1420041010050500013M02606", False),
        ("DE89 3704 0044 0532 0130 00", False),
        ("", False),
    ],
)
def test_an_iban_has_its_check_digits_and_a_moroccan_one_its_key(iban, fits):
    assert identifiers.is_iban(iban) == fits
