import pytest
from django.test import Client

from catalogue.cooperatives.models import Partner
from catalogue.people.models import User
from tests.factories.catalogue import make_cooperative
from tests.factories.people import PASSWORD, TOTP_SECRET, make_member, make_person, make_staff, sign_in

from .support import PHONE, app_code, code_sent_to, is_signed_in, post_login

pytestmark = pytest.mark.django_db
GUARDED = ["/fr/office/", "/fr/portal/", "/fr/dashboard/"]


@pytest.fixture
def cooperative() -> Partner:
    return make_cooperative()


def test_staff_get_in_with_password_and_app(client):
    staff = make_staff("logistics")

    answer = post_login(client, staff.email, PASSWORD)
    assert answer.url == "/fr/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    answer = client.post(answer.url, {"code": app_code(TOTP_SECRET)})

    assert answer.url == "/fr/office/"
    assert client.get("/fr/office/").status_code == 200


def test_a_code_of_the_app_works_once(client):
    staff = make_staff("logistics")
    code = app_code(TOTP_SECRET)
    post_login(client, staff.email, PASSWORD)
    client.post("/fr/accounts/2fa/authenticate/", {"code": code})

    other = client.__class__()
    post_login(other, staff.email, PASSWORD)
    other.post("/fr/accounts/2fa/authenticate/", {"code": code})

    assert not is_signed_in(other)


@pytest.mark.parametrize("path", GUARDED)
def test_staff_without_an_app_are_led_to_set_one_up(client, path):
    staff = make_staff("director")
    staff.authenticator_set.all().delete()
    post_login(client, staff.email, PASSWORD)

    answer = client.get(path)

    assert answer.url == f"/fr/accounts/2fa/totp/activate/?next=%2F{path[1:].replace('/', '%2F')}"


def test_an_owner_without_an_app_is_led_to_set_one_up(client, cooperative):
    owner = make_member(cooperative, "owner", phone=PHONE)
    owner.authenticator_set.all().delete()
    post_login(client, PHONE, PASSWORD)

    assert client.get("/fr/portal/").url.startswith("/fr/accounts/2fa/totp/activate/")


def test_a_session_that_never_showed_the_code_is_asked_for_it(client):
    client.force_login(make_staff("director"))

    assert client.get("/fr/office/").url.startswith("/fr/accounts/2fa/reauthenticate/")


def test_a_code_instead_of_the_password_does_not_open_the_office(client):
    make_staff("director", phone=PHONE)

    client.post("/fr/accounts/login/code/", {"login": PHONE})
    client.post("/fr/accounts/login/code/confirm/", {"code": code_sent_to(PHONE)})
    client.post("/fr/accounts/2fa/authenticate/", {"code": app_code(TOTP_SECRET)})

    assert is_signed_in(client)
    assert client.get("/fr/office/").url.startswith("/fr/accounts/reauthenticate/")


def test_a_clerk_types_a_code_from_the_sms_after_the_password(client, cooperative):
    make_member(cooperative, "clerk", phone=PHONE, email="clerk@example.org")

    answer = post_login(client, "clerk@example.org", PASSWORD)
    assert answer.url == "/fr/accounts/login/code/confirm/"
    assert not is_signed_in(client)
    answer = client.post(answer.url, {"code": code_sent_to(PHONE)})

    assert answer.url == "/fr/portal/"
    assert client.get("/fr/portal/", follow=True).status_code == 200


def test_a_clerk_whose_session_lacks_the_code_signs_in_again(client, cooperative):
    client.force_login(make_member(cooperative, "clerk", phone=PHONE))

    assert client.get("/fr/portal/").url.startswith("/fr/accounts/login/")
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", GUARDED)
def test_a_shopper_finds_no_office_and_no_portal(client, path):
    sign_in(client, make_person(phone=PHONE))

    assert client.get(path).status_code in {403, 404}


@pytest.mark.parametrize("path", GUARDED)
def test_a_visitor_is_asked_to_sign_in_or_finds_nothing(client, path):
    answer = client.get(path, follow=True)

    assert answer.status_code in {403, 404} or answer.redirect_chain[-1][0].startswith("/fr/accounts/login/")


def test_the_dashboard_has_no_door_of_its_own(client):
    staff = make_staff("director")

    answer = client.post("/fr/dashboard/login/", {"username": staff.email, "password": PASSWORD})

    assert not is_signed_in(client)
    assert "/accounts/login/" in answer.url


def test_staff_left_alone_for_half_an_hour_are_signed_out(client, clock):
    sign_in(client, make_staff("logistics"))
    client.get("/fr/office/")

    clock.shift(29 * 60)
    assert client.get("/fr/office/").status_code == 200
    clock.shift(31 * 60)

    assert client.get("/fr/office/").url.startswith("/fr/accounts/login/")
    assert not is_signed_in(client)


def test_staff_sign_in_again_every_day_however_busy(client, clock):
    sign_in(client, make_staff("logistics"))

    for _ in range(28):
        answer = client.get("/fr/office/")
        clock.shift(28 * 60)

    assert answer.url.startswith("/fr/accounts/login/")


def test_a_shopper_stays_signed_in_for_days(client, clock):
    sign_in(client, make_person(phone=PHONE))
    client.get("/fr/accounts/")

    clock.shift(3 * 24 * 3600)

    assert client.get("/fr/accounts/").status_code == 200


def test_roles_that_need_the_app_cannot_switch_it_off(client):
    staff = sign_in(client, make_staff("logistics"))

    client.post("/fr/accounts/2fa/totp/deactivate/")

    assert staff.get("/fr/accounts/2fa/").context["authenticators"]["totp"]


def test_secrets_of_apps_are_not_readable_in_the_database():
    staff = make_staff("logistics")

    assert TOTP_SECRET not in str(staff.authenticator_set.get().data)


def test_setting_up_an_app_opens_the_portal_at_once(client, cooperative):
    owner = make_member(cooperative, "owner", phone=PHONE)
    owner.authenticator_set.all().delete()
    post_login(client, PHONE, PASSWORD)

    page = client.get("/fr/portal/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/fr/accounts/reauthenticate/")
    page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    page = client.post("/fr/accounts/2fa/totp/activate/", {"code": app_code(secret)}, follow=True)

    assert len(page.context["unused_codes"]) == 10
    assert client.get("/fr/portal/", follow=True).status_code == 200


def test_a_recovery_code_opens_the_account_once(client):
    staff = sign_in(client, make_staff("logistics"))
    client.post("/fr/accounts/2fa/recovery-codes/generate/")
    code = staff.get("/fr/accounts/2fa/recovery-codes/").context["unused_codes"][0]
    login = User.objects.get().email

    for browser, opened in [(Client(), True), (Client(), False)]:
        post_login(browser, login, PASSWORD)
        browser.post("/fr/accounts/2fa/authenticate/", {"code": code})
        assert is_signed_in(browser) is opened
