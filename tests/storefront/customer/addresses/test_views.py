import pytest

from catalogue.places.models import UserAddress
from tests.factories.catalogue import make_country, make_province
from tests.factories.people import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    make_country("MA")
    make_country("FR", "France")
    return make_province()


def typed(province, **changes):
    return {
        "country": "MA",
        "name": "Fatima Zahra",
        "phone": "0612345678",
        "province": province.pk,
        "commune": "Tissa",
        "locality": "Douar Oulad Ayad",
    } | changes


def test_the_first_address_is_offered_first_and_another_can_be(client, province):
    person = make_person()
    sign_in(client, person)

    client.post("/fr/accounts/addresses/add/", typed(province))
    client.post("/fr/accounts/addresses/add/", typed(province, locality="Hay Salam"))
    first, second = person.addresses.order_by("pk")
    assert (first.is_default_for_shipping, second.is_default_for_shipping) == (True, False)
    client.post(f"/fr/accounts/addresses/{second.pk}/default_for_shipping/")

    first, second = person.addresses.order_by("pk")
    assert (first.is_default_for_shipping, second.is_default_for_shipping) == (False, True)


def test_the_same_address_twice_is_one_entry(client, province):
    person = make_person()
    sign_in(client, person)

    client.post("/fr/accounts/addresses/add/", typed(province))
    client.post("/fr/accounts/addresses/add/", typed(province, landmark="la mosquée"))

    assert person.addresses.get().landmark == "la mosquée"


def test_an_address_can_be_changed_and_moved_abroad(client, province):
    person = make_person()
    sign_in(client, person)
    client.post("/fr/accounts/addresses/add/", typed(province))
    address = person.addresses.get()

    page = client.post(f"/fr/accounts/addresses/{address.pk}/", typed(province, country="FR", reload="1"))
    assert "postcode" in page.context["form"].fields
    assert page.context["form"].initial["name"] == "Fatima Zahra"
    abroad = {"country": "FR", "name": "Fatima", "phone": "0612345678", "street": "3 rue", "postcode": "69003"}
    client.post(f"/fr/accounts/addresses/{address.pk}/", abroad | {"city": "Lyon"})

    address = person.addresses.get()
    assert (address.country_id, address.province, address.line4) == ("FR", None, "Lyon")


def test_when_the_default_goes_another_takes_its_place(client, province):
    person = make_person()
    sign_in(client, person)
    client.post("/fr/accounts/addresses/add/", typed(province))
    client.post("/fr/accounts/addresses/add/", typed(province, locality="Hay Salam"))

    client.post(f"/fr/accounts/addresses/{person.addresses.order_by('pk')[0].pk}/delete/")

    assert person.addresses.get().is_default_for_shipping


@pytest.mark.parametrize("path", ["", "delete/", "default_for_shipping/"])
def test_somebody_else_s_address_does_not_exist(client, province, path):
    owner = make_person()
    sign_in(client, owner)
    client.post("/fr/accounts/addresses/add/", typed(province))
    address = owner.addresses.get()
    sign_in(client, make_person())

    answer = client.post(f"/fr/accounts/addresses/{address.pk}/{path}", typed(province, name="Mallory"))

    assert answer.status_code == 404
    assert UserAddress.objects.get().last_name == "Fatima Zahra"


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_book_is_shown_in_every_language(client, province, language):
    sign_in(client, make_person())
    client.post("/fr/accounts/addresses/add/", typed(province))

    assert "Fatima Zahra" in client.get(f"/{language}/accounts/addresses/").content.decode()
