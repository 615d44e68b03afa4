import pytest

from catalogue.banking.policies import NotARib, Why, masked, read_rib

RIB = "225450000000000900150961"  # of a fictional cooperative
BANKS = {"225", "350"}
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize(
    "written",
    [
        RIB,
        "225 450 0000000009001509 61",
        "225-450-0000000009001509-61",
        "225\u00a0450\u202f0000000009001509\u200961",
        "225–450–0000000009001509—61\n",
        RIB.translate(ARABIC),
        RIB.translate(PERSIAN),
        f"\u2066{RIB}\u2069\u200f",
        f"MA64{RIB}",
        f"ma64 {RIB}",
        "MA64 2254 5000 0000 0009 0015 0961",
        f"MA٦٤ {RIB.translate(ARABIC)}",
    ],
)
def test_read_rib_reads_what_people_type(written):
    assert read_rib(written, BANKS) == RIB


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", Why.EMPTY),
        (" - ", Why.EMPTY),
        ("\u200f", Why.EMPTY),
        (RIB[:-1], Why.LENGTH),
        (RIB + "1", Why.LENGTH),
        ("MA64" + RIB[:-1], Why.LENGTH),
        (RIB[:-1] + "2", Why.KEY),
        ("MA64" + RIB[:-1] + "2", Why.KEY),
        (RIB[:22] + "00", Why.KEY),
        (RIB[:22].replace("9", "O", 1) + "61", Why.SIGNS),
        (RIB[:12] + "." + RIB[12:], Why.SIGNS),
        (RIB[:12] + "²" + RIB[13:], Why.SIGNS),
        ("MAXX" + RIB, Why.SIGNS),
        ("RIB", Why.SIGNS),
        ("FR7630006000011234567890189", Why.FOREIGN),
        ("DE89 3704 0044 0532 0130 00", Why.FOREIGN),
        ("MA37" + RIB, Why.IBAN_CHECK),
        ("007780000000000000000137", Why.KEY),
    ],
)
def test_read_rib_names_what_is_wrong(written, why):
    with pytest.raises(NotARib) as refusal:
        read_rib(written, BANKS)

    assert refusal.value.why == why


def test_read_rib_refuses_a_right_number_of_a_bank_nobody_knows():
    with pytest.raises(NotARib) as refusal:
        read_rib(RIB, {"350"})

    assert refusal.value.why == Why.BANK


def test_read_rib_says_how_many_digits_there_were():
    with pytest.raises(NotARib) as refusal:
        read_rib(RIB[:-1].translate(ARABIC), BANKS)

    assert refusal.value.digits == 23


def test_masked_shows_four_digits():
    assert masked(RIB) == "… 0961"
