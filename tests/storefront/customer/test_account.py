import pytest
from django.urls import reverse

from catalogue.people.models import User
from tests.factories.people import PASSWORD, make_person, make_staff, sign_in
from tests.factories.sales import make_order

from .support import PHONE, code_sent_to, is_signed_in, last_message, link_sent_to, post_login

pytestmark = pytest.mark.django_db
PAGES = ["", "orders/", "addresses/", "profile/edit/", "profile/delete/", "email/", "phone/change/", "2fa/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("contact", [{"phone": PHONE}, {"email": "aicha@example.org"}])
def test_every_page_works_with_one_contact_alone(client, page, contact):
    sign_in(client, make_person(**contact))

    assert client.get(f"/ar/accounts/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_asked_to_sign_in(client, page):
    answer = client.get(f"/fr/accounts/{page}")

    assert answer.url.startswith("/fr/accounts/login/?next=")


def test_the_history_shows_one_s_own_orders_only(client):
    mine, hers = make_person(), make_person()
    own, other = make_order(user=mine), make_order(user=hers)
    sign_in(client, mine)

    page = client.get("/fr/accounts/orders/").content.decode()

    assert own.number in page
    assert other.number not in page
    assert client.get(reverse("customer:order", args=[other.number])).status_code == 404


@pytest.mark.parametrize("orders", [1, 3])
def test_the_history_asks_the_database_the_same_for_one_order_and_for_three(
    client, orders, django_assert_max_num_queries
):
    person = make_person()
    for _ in range(orders):
        make_order(user=person)
    sign_in(client, person)

    with django_assert_max_num_queries(9):
        client.get("/fr/accounts/orders/")


def test_details_never_change_the_email(client):
    person = make_person(email="aicha@example.org")
    sign_in(client, person)

    client.post(
        "/fr/accounts/profile/edit/",
        {"first_name": "Aïcha", "last_name": "B", "language": "ar", "email": "other@example.org", "is_staff": "on"},
    )

    person.refresh_from_db()
    assert (person.first_name, person.language) == ("Aïcha", "ar")
    assert (person.email, person.is_staff) == ("aicha@example.org", False)


def test_a_new_email_counts_once_its_link_is_opened(client):
    person = make_person(email="aicha@example.org")
    sign_in(client, person)

    client.post("/fr/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert User.objects.get().email == "aicha@example.org"
    client.post(link_sent_to("new@example.org"))

    assert User.objects.get().email == "new@example.org"
    assert last_message("aicha@example.org").kind == "account.email_changed"


def test_a_new_phone_counts_once_its_code_is_typed_and_the_old_one_is_told(client):
    person = make_person(phone=PHONE)
    post_login(client, PHONE, PASSWORD)

    answer = client.post("/fr/accounts/phone/change/", {"phone": "06 99 99 99 99"})
    answer = client.post(answer.url, {"password": PASSWORD}, follow=True)
    person.refresh_from_db()
    assert person.phone == PHONE
    client.post("/fr/accounts/phone/verify/", {"code": code_sent_to("+212699999999")})

    person.refresh_from_db()
    assert person.phone == "+212699999999"
    assert last_message(PHONE).kind == "account.phone_changed"


def test_a_number_of_someone_else_cannot_be_taken(client):
    make_person(phone="+212699999999")
    person = make_person(phone=PHONE)
    sign_in(client, person)

    client.post("/fr/accounts/phone/change/", {"phone": "+212699999999"})
    client.post("/fr/accounts/phone/verify/", {"code": code_sent_to("+212699999999")})

    person.refresh_from_db()
    assert person.phone == PHONE


def test_changing_the_password_asks_for_the_present_one_and_ends_other_sessions(client):
    make_person(phone=PHONE)
    other = client.__class__()
    post_login(client, PHONE, PASSWORD)
    post_login(other, PHONE, PASSWORD)
    new = {"password1": "fresh-almonds-of-Tafraout", "password2": "fresh-almonds-of-Tafraout"}

    assert client.post("/fr/accounts/password/change/", new | {"oldpassword": "wrong"}).status_code == 200
    client.post("/fr/accounts/password/change/", new | {"oldpassword": PASSWORD})

    assert client.get("/fr/accounts/").status_code == 200
    assert other.get("/fr/accounts/").status_code == 302


def test_closing_an_account_erases_the_person_and_keeps_the_order(client):
    person = make_person(email="aicha@example.org", phone=PHONE, first_name="Aïcha")
    order = make_order(user=person)
    post_login(client, PHONE, PASSWORD)

    client.post("/fr/accounts/profile/delete/", {"password": "wrong"})
    assert User.objects.get().is_active
    client.post("/fr/accounts/profile/delete/", {"password": PASSWORD})

    gone = User.objects.get()
    assert (gone.phone, gone.first_name, gone.is_active) == (None, "", False)
    assert "aicha" not in gone.email
    order.refresh_from_db()
    assert order.user_id == gone.pk
    assert not is_signed_in(client)


def test_staff_do_not_close_their_accounts_themselves(client):
    sign_in(client, make_staff("support"))

    assert client.get("/fr/accounts/profile/delete/").status_code == 404


@pytest.mark.parametrize("name", ["wishlists-list", "alerts-list", "notifications-inbox", "email-list"])
def test_pages_that_the_shop_does_not_have_are_not_found(client, name):
    sign_in(client, make_person())

    assert client.get(reverse(f"customer:{name}")).status_code == 404
