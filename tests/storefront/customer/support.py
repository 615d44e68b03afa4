"""What the tests of signing in share."""

import re

from django.test import Client

from storefront.demo.accounts import current_code
from storefront.notifications.models import Message

PHONE = "+212740012345"


def last_message(recipient: str) -> Message:
    return Message.objects.filter(recipient=recipient).order_by("-pk").first()


def code_sent_to(recipient: str) -> str:
    return re.search(r"\b\d{6}\b", last_message(recipient).text).group()


def link_sent_to(recipient: str) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", last_message(recipient).text).group(1)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def post_login(client: Client, login: str, password: str, **more: str):
    return client.post("/fr/accounts/login/", {"login": login, "password": password, **more})


def app_code(secret: str) -> str:
    return current_code(secret)
