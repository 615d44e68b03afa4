import pytest
from django.urls import reverse

from tests.factories.people import PASSWORD, TOTP_SECRET, make_person, make_staff, sign_in

from .support import PHONE, app_code, code_sent_to, is_signed_in, last_message, post_login

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("written", ["0740012345", "07 40 01 23 45", "+212 740-012345", "00212740012345", "٠٧٤٠٠١٢٣٤٥"])
def test_a_phone_signs_in_however_it_is_written(client, written):
    make_person(phone=PHONE)

    post_login(client, written, PASSWORD)

    assert is_signed_in(client)


def test_an_email_signs_in_whatever_its_case(client):
    make_person(email="aicha@example.org")

    post_login(client, " Aicha@Example.org ", PASSWORD)

    assert is_signed_in(client)


def test_six_wrong_passwords_close_one_login_and_no_other(client):
    make_person(phone=PHONE)
    make_person(phone="+212740054321")

    for _ in range(6):
        answer = post_login(client, PHONE, "wrong")
    locked = post_login(client, PHONE, PASSWORD)

    assert "cinq minutes" in answer.content.decode() or "five minutes" in answer.content.decode()
    assert locked.status_code == 200
    assert not is_signed_in(client)
    post_login(client, "+212740054321", PASSWORD)
    assert is_signed_in(client)


@pytest.mark.parametrize("login", [PHONE, "aicha@example.org", "nonsense"])
def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(client, login):
    unknown = post_login(client, login, "wrong").context["form"].errors
    if login != "nonsense":
        make_person(**{"email" if "@" in login else "phone": login})
    known = post_login(client, login, "wrong").context["form"].errors

    assert known == unknown


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(client, target):
    make_person(phone=PHONE)

    answer = post_login(client, PHONE, PASSWORD, next=target)

    assert answer.url == reverse("customer:summary").replace("/ar/", "/fr/")


def test_signing_in_leads_where_one_wanted_to_go(client):
    make_person(phone=PHONE)

    assert post_login(client, PHONE, PASSWORD, next="/fr/basket/").url == "/fr/basket/"


def test_a_code_by_sms_signs_in_without_a_password(client):
    make_person(phone=PHONE)

    client.post("/fr/accounts/login/code/", {"login": "٠٧٤٠٠١٢٣٤٥"})
    arabic = code_sent_to(PHONE).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    client.post("/fr/accounts/login/code/confirm/", {"code": arabic})

    assert is_signed_in(client)


@pytest.mark.parametrize("page", ["login/code", "password/reset"])
@pytest.mark.parametrize("contact", [PHONE, "aicha@example.org"])
def test_asking_for_a_code_tells_nothing_about_accounts(client, page, contact):
    other = client.__class__()

    def ask(browser):
        answer = browser.post(f"/fr/accounts/{page}/", {"login": contact})
        shown = browser.get(answer.url).content.decode()
        return answer.status_code, answer.url, shown.count("<form"), shown.count("<button")

    unknown = ask(client)
    make_person(**{"email" if "@" in contact else "phone": contact})

    assert ask(other) == unknown


def test_an_unknown_number_costs_us_no_sms(client):
    client.post("/fr/accounts/login/code/", {"login": PHONE})

    assert last_message(PHONE) is None


def test_three_wrong_codes_end_the_attempt(client):
    make_person(phone=PHONE)
    client.post("/fr/accounts/login/code/", {"login": PHONE})
    right = code_sent_to(PHONE)

    for _ in range(3):
        client.post("/fr/accounts/login/code/confirm/", {"code": "000000" if right != "000000" else "111111"})
    client.post("/fr/accounts/login/code/confirm/", {"code": right})

    assert not is_signed_in(client)


def test_a_forgotten_password_is_replaced_with_a_code_by_sms(client):
    make_person(phone=PHONE)

    answer = client.post("/fr/accounts/password/reset/", {"login": PHONE})
    answer = client.post(answer.url, {"code": code_sent_to(PHONE)})
    assert answer.url == "/fr/accounts/password/new/"
    client.post(answer.url, {"password1": "fresh-almonds-of-Tafraout", "password2": "fresh-almonds-of-Tafraout"})

    other = client.__class__()
    post_login(other, PHONE, "fresh-almonds-of-Tafraout")
    assert is_signed_in(other)


def test_a_forgotten_password_is_replaced_with_a_code_by_mail(client):
    make_person(email="aicha@example.org")

    answer = client.post("/fr/accounts/password/reset/", {"login": "aicha@example.org"})
    answer = client.post(answer.url, {"code": code_sent_to("aicha@example.org")})
    client.post(answer.url, {"password1": "fresh-almonds-of-Tafraout", "password2": "fresh-almonds-of-Tafraout"})

    post_login(client, "aicha@example.org", "fresh-almonds-of-Tafraout")
    assert is_signed_in(client)


def test_the_new_password_page_needs_a_code_of_the_last_minutes(client):
    sign_in(client, make_person(phone=PHONE))

    assert client.get("/fr/accounts/password/new/").url == "/fr/accounts/password/change/"


def test_a_reset_by_phone_still_asks_for_the_app(client):
    staff = make_staff(phone=PHONE)

    answer = client.post("/fr/accounts/password/reset/", {"login": PHONE})
    answer = client.post(answer.url, {"code": code_sent_to(PHONE)})

    assert answer.url == "/fr/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    answer = client.post(answer.url, {"code": app_code(TOTP_SECRET)})
    assert answer.url == "/fr/accounts/password/new/"
    assert staff.pk


def test_signing_out_takes_a_post(client):
    sign_in(client, make_person(phone=PHONE))

    client.get("/fr/accounts/logout/")
    assert is_signed_in(client)
    client.post("/fr/accounts/logout/")
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["login", "register", "change-password"])
def test_names_of_oscar_lead_to_our_pages(client, name):
    answer = client.get(reverse(f"customer:{name}") + "?next=/fr/basket/")

    assert answer.status_code == 302
    assert answer.url.endswith("?next=/fr/basket/")
