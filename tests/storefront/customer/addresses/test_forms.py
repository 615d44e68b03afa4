import pytest

from catalogue.places.models import Commune
from storefront.customer.addresses.forms import AddressForm
from tests.factories.catalogue import make_country, make_province

pytestmark = pytest.mark.django_db


@pytest.fixture
def taounate():
    province = make_province()
    make_country("MA")
    make_country("FR", "France")
    make_country("US", "United States")
    return province


def at_home(taounate, **changes):
    typed = {
        "name": "  Fatima   Zahra ",
        "phone": "٠٦١٢٣٤٥٦٧٨",
        "province": taounate.pk,
        "commune": "tissa",
        "locality": "Douar Oulad Ayad",
        "landmark": "à côté de la mosquée",
        "postcode": "none",
    }
    return AddressForm(typed | changes, country="MA")


def test_an_address_in_morocco_is_a_province_a_commune_and_a_douar(taounate):
    tissa = Commune.objects.create(province=taounate, code="1", name_fr="Tissa", name_ar="تيسة")

    form = at_home(taounate)

    assert form.is_valid(), form.errors
    values = form.values()
    assert (values["last_name"], values["phone_number"]) == ("Fatima Zahra", "+212612345678")
    assert (values["province"], values["commune"], values["locality"]) == (taounate, tissa, "Douar Oulad Ayad")
    assert (values["line1"], values["line4"], values["postcode"]) == ("Douar Oulad Ayad", "tissa", "NONE")


def test_a_commune_is_known_in_arabic_too(taounate):
    tissa = Commune.objects.create(province=taounate, code="1", name_fr="Tissa", name_ar="تيسة")

    form = at_home(taounate, commune="تيسه")

    assert form.is_valid()
    assert form.values()["commune"] == tissa


def test_a_place_nobody_listed_is_taken_as_written(taounate):
    form = at_home(taounate, commune="Aïn Sidi")

    assert form.is_valid()
    assert (form.values()["commune"], form.values()["line4"]) == (None, "Aïn Sidi")


@pytest.mark.parametrize("missing", ["name", "phone", "province", "commune", "locality"])
def test_what_the_courier_needs_is_asked_for(taounate, missing):
    assert missing in at_home(taounate, **{missing: ""}).errors


def test_characters_that_nobody_sees_are_refused(taounate):
    assert "name" in at_home(taounate, name="Fatima\u202eZahra").errors


def test_an_address_in_france_has_a_checked_postal_code(taounate):
    typed = {"name": "Zoé", "phone": "+33612345678", "street": "3 rue Paul Bert\nBât. B", "city": "Lyon"}

    wrong = AddressForm(typed | {"postcode": "6900"}, country="FR")
    right = AddressForm(typed | {"postcode": "69003"}, country="FR")

    assert set(wrong.errors) == {"postcode"}
    assert right.is_valid()
    values = right.values()
    assert (values["line1"], values["line2"], values["line4"]) == ("3 rue Paul Bert", "Bât. B", "Lyon")
    assert (values["country_id"], values["province"], values["landmark"]) == ("FR", None, "")


def test_the_country_chooses_the_fields(taounate):
    assert "area" not in AddressForm(country="FR").fields
    assert "area" in AddressForm(country="US").fields
    assert "province" in AddressForm(country="MA").fields
