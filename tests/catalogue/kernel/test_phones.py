import pytest

from catalogue.kernel import phones


@pytest.mark.parametrize(
    "written",
    [
        "0612345678",
        "06 12 34 56 78",
        "0612-34-56-78",
        "06.12.34.56.78",
        "+212612345678",
        "+212 (0)6 12 34 56 78",
        "+212 06 12 34 56 78",
        "00212612345678",
        "212612345678",
        "612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "۰۶۱۲۳۴۵۶۷۸",
        "\u200f+212 6\u00a012 34 56 78\u200e",
        "(06) 12 34 56 78",
    ],
)
def test_normalise_reads_any_usual_moroccan_writing(written):
    assert phones.normalise(written) == "+212612345678"


def test_normalise_accepts_the_unallocated_range_of_the_demonstration():
    assert phones.normalise("0740000001") == "+212740000001"


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 6 12 34 56 78", "MA", "+33612345678"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("212 555 0123", "US", "+12125550123"),
    ],
)
def test_normalise_reads_numbers_from_abroad(written, region, e164):
    assert phones.normalise(written, region) == e164


@pytest.mark.parametrize(
    "written", ["", "abc", "06123456", "06123456789", "0812345678", "06 12 34 56 7x", "+212", "+++", "1" * 40, "0044"]
)
def test_normalise_refuses_what_is_no_phone(written):
    with pytest.raises(phones.NotAPhone):
        phones.normalise(written)


def test_messages_go_to_mobiles_only():
    assert phones.can_receive_sms("+212612345678")
    assert not phones.can_receive_sms("+212522000000")
    assert phones.can_receive_sms("+33612345678")
