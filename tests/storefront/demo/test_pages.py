import json

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command

from catalogue.people.models import User
from storefront.demo import accounts
from storefront.demo.boxes import MailBox, SmsBox
from storefront.demo.models import Letter
from tests.factories.catalogue import make_stockrecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.SHOP_ENV = "demo"
    settings.DATA_DIR = tmp_path
    make_stockrecord()
    return tmp_path


def test_the_pages_exist_in_the_demonstration_only(client):
    assert client.get("/demo/").status_code == 404


def test_every_role_has_one_sign_in_and_a_second_run_changes_nothing(demo):
    call_command("make_accounts")
    first = json.loads((demo / "accounts.json").read_text())
    people = list(User.objects.order_by("pk").values_list("pk", "password"))
    call_command("make_accounts", json=demo / "demo.json")

    assert [account["role"] for account in first] == [
        "shopper",
        "cooperative owner",
        "cooperative clerk",
        "shop keeper",
        "office support",
        "office catalogue",
        "office logistics",
        "office finance",
        "director",
    ]
    assert json.loads((demo / "demo.json").read_text())["accounts"] == first
    assert list(User.objects.order_by("pk").values_list("pk", "password")) == people
    assert (demo / "accounts.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("role", ["shopper", "cooperative owner", "office finance", "director"])
def test_what_the_list_says_opens_the_account(client, demo, role):
    account = next(account for account in accounts.make() if account["role"] == role)

    answer = client.post("/fr/accounts/login/", {"login": account["login"], "password": account["password"]})
    if account["totp_secret"]:
        client.post(answer.url, {"code": accounts.current_code(account["totp_secret"])})

    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_page_lists_sign_ins_codes_and_cards_in_the_visitor_s_language(client, demo, language):
    made = accounts.make()

    page = client.get("/demo/", headers={"accept-language": language})
    text = page.content.decode()

    assert f'<html lang="{language}"' in text
    assert all(account["login"] in text and account["password"] in text for account in made)
    assert accounts.current_code(made[-1]["totp_secret"]) in text
    assert "4000 0000 0000 0002" in text
    assert "sessionid" not in page.cookies


def test_the_page_s_languages_lead_to_itself(client, demo):
    page = client.get("/demo/", {"language": "fr"}).content.decode()

    assert all(f'href="/demo/?language={code}"' in page for code in ("ar", "fr", "en"))


def test_a_code_in_the_list_is_the_one_that_apps_show(client, demo):
    made = accounts.make()

    shown = client.get("/demo/codes.json").json()["codes"]

    assert shown[made[-1]["login"]] == accounts.current_code(made[-1]["totp_secret"])


def test_mails_and_sms_are_kept_and_shown_newest_first(client, demo):
    mail = EmailMultiAlternatives("طلبكم", "النص", to=["aicha@example.org"], headers={"Content-Language": "ar"})
    mail.attach_alternative("<p onclick=alert(1)>النص</p>", "text/html")
    MailBox().send_messages([mail])
    SmsBox().send("+212740000003", "123456 est votre code", key="one")

    page = client.get("/demo/")
    letters = list(page.context["page_obj"])

    assert [letter.channel for letter in letters] == ["sms", "mail"]
    assert client.get(f"/demo/messages/{letters[1].pk}/").status_code == 200


def test_the_html_of_a_mail_is_shown_where_nothing_runs(client, demo):
    letter = Letter.objects.create(
        channel="mail", recipient="a@example.org", text="t", html="<script>alert(1)</script>"
    )

    page = client.get(f"/demo/messages/{letter.pk}/")
    body = client.get(f"/demo/messages/{letter.pk}/body/")

    assert "<script>alert(1)" not in page.content.decode()
    policy = body["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src 'none'" in policy
    assert body["X-Frame-Options"] == "SAMEORIGIN"


def test_the_clerk_s_code_is_the_last_one_sent(client, demo):
    clerk = next(account for account in accounts.make() if account["role"] == "cooperative clerk")
    SmsBox().send(clerk["login"], "111111 est votre code", key="one")
    SmsBox().send(clerk["login"], "222222 est votre code", key="two")

    assert client.get("/demo/codes.json").json()["codes"][clerk["login"]] == "222222"
