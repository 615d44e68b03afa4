"""Production starts only when everything it needs is said, and says in one line what is missing."""

import os
import subprocess
import sys

import pytest

GOOD = {
    "SHOP_ENV": "production",
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://shop_app:secret@127.0.0.1:1/shop",
    "DATABASE_OWNER_URL": "postgres://shop_owner:secret@127.0.0.1:1/shop",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "shop.example.org",
    "BASE_URL": "https://shop.example.org",
    "SMS_GATEWAY": "your.provider.Gateway",
    "STRIPE_SECRET_KEY": "sk_live_of_a_test_that_is_no_key",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_of_a_test_that_is_no_key",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_a_test_that_is_no_secret",
    "SELLER_ICE": "001500000000022",
}
DEMO = {"SHOP_ENV": "demo", "ALLOWED_HOSTS": None, "BASE_URL": None}


ACQUIRER = {
    "ACQUIRER_MERCHANT": "600001234",
    "ACQUIRER_KEY": "0123456789abcdef0123456789abcdef",
    "ACQUIRER_PAGE_URL": "https://acquirer.example/pay",
    "ACQUIRER_API_URL": "https://acquirer.example/api",
}


def settings_error(environment: dict[str, str]) -> str:
    """Import the settings in a process of their own and return the last line of what went wrong, or nothing."""
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "DATA_DIR"}}
    done = subprocess.run(
        [sys.executable, "-c", "import storefront.settings"],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_settings_start_when_all_is_said():
    assert settings_error(GOOD) == ""


def test_accounts_and_an_acquirer_may_be_named():
    account = {"TRANSFER_ACCOUNT_MAD": "Bank; Holder; MA64225450000000000900150961; AAAAMAMC"}

    assert settings_error(GOOD | account | ACQUIRER) == ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DEBUG": "on"}, "DEBUG"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"REDIS_URL": None}, "REDIS_URL"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"BASE_URL": None}, "BASE_URL"),
        ({"BASE_URL": "http://shop.example.org"}, "https://"),
        ({"DATABASE_OWNER_URL": None, "SHOP_DATABASE_ROLE": "owner"}, "DATABASE_OWNER_URL"),
        ({"SMS_GATEWAY": None}, "SMS_GATEWAY"),
        ({"SMS_GATEWAY": "storefront.demo.boxes.SmsBox"}, "SMS_GATEWAY"),
        ({"SMS_GATEWAY": "storefront.notifications.gateways.MemorySms"}, "SMS_GATEWAY"),
        ({"SMS_GATEWAY": "storefront.notifications.gateways.FileSms"}, "SMS_GATEWAY"),
        ({"STRIPE_SECRET_KEY": "sk_test_of_another_world"}, "sk_live_"),
        ({"STRIPE_PUBLISHABLE_KEY": None}, "pk_live_"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:8001"}, "STRIPE_API_BASE"),
        ({"STRIPE_JS_URL": "http://127.0.0.1:8001/v3/"}, "STRIPE_JS_URL"),
        ({"STRIPE_JS_URL": "https://js.stripe.com.example.org/v3/"}, "STRIPE_JS_URL"),
        ({"BAM_API_BASE": "http://127.0.0.1:8002/api"}, "BAM_API_BASE"),
        ({"STRIPE_WEBHOOK_SECRET": None}, "STRIPE_WEBHOOK_SECRET"),
        ({"SELLER_ICE": None}, "SELLER_ICE"),
        ({"SELLER_ICE": "001500000000023"}, "SELLER_ICE"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_new,demonstration"}, "whsec_"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_a,whsec_b,whsec_c"}, "more than two"),
        ({"TRANSFER_ACCOUNT_MAD": "Bank; Holder; MA64999999000000000000202647; DEMOMAM0"}, "does not exist"),
        ({"TRANSFER_ACCOUNT_MAD": "Bank; Holder; MA64225450000000000900150962; AAAAMAMC"}, "check digits"),
        ({"TRANSFER_ACCOUNT_EUR": "Bank; Holder; DE00500105175407324931; AAAADEFF"}, "check digits"),
        ({"TRANSFER_ACCOUNT_MAD": "Bank; MA64225450000000000900150961"}, "bank; holder; IBAN; BIC"),
        ({"TRANSFER_DAYS": "1"}, "TRANSFER_DAYS"),
        ({"ACQUIRER_MERCHANT": "600001234"}, "ACQUIRER_KEY"),
        (ACQUIRER | {"ACQUIRER_KEY": "short"}, "at least 32"),
        (ACQUIRER | {"ACQUIRER_PAGE_URL": "http://acquirer.example/pay"}, "https://"),
        (DEMO | {"STRIPE_PUBLISHABLE_KEY": "pk_test_of_a_test"}, "STRIPE_SECRET_KEY must be a test key"),
        (DEMO | {"STRIPE_SECRET_KEY": "sk_test_of_a_test"}, "STRIPE_PUBLISHABLE_KEY must be a test key"),
        ({"SHOP_ENV": None}, "SHOP_ENV=production"),  # forgotten: the demonstration would open to the world
        ({"SHOP_ENV": "demo", "ALLOWED_HOSTS": "*", "BASE_URL": None}, "DEMO_PUBLIC=1"),
        ({"SHOP_ENV": "demo", "ALLOWED_HOSTS": None, "BASE_URL": "https://shop.example.org"}, "shop.example.org"),
        ({"SHOP_ENV": "prod"}, "SHOP_ENV is 'prod'"),
    ],
)
def test_settings_refuse_and_name_what_is_wrong(change, sentence):
    environment = {name: value for name, value in {**GOOD, **change}.items() if value is not None}

    error = settings_error(environment)

    assert error.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert sentence in error


def test_the_web_needs_no_owner():
    assert settings_error({name: value for name, value in GOOD.items() if name != "DATABASE_OWNER_URL"}) == ""


@pytest.mark.parametrize("more", [{}, {"ALLOWED_HOSTS": "shop.example.org", "DEMO_PUBLIC": "1"}])
def test_the_demonstration_starts_on_this_machine_or_when_told_to_be_public(more):
    assert settings_error({"SHOP_ENV": "demo", **more}) == ""


def test_a_command_says_what_is_missing_in_one_line():
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "DATA_DIR"}}
    changed = {**GOOD, "DATABASE_URL": "postgres://shop_app:secret@127.0.0.1:1/shop"}
    del changed["DATABASE_OWNER_URL"]

    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"], env={**clean, **changed}, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "DATABASE_OWNER_URL is not" in done.stderr
