"""What the log does not say."""

import io
import logging

import pytest
from django.conf import settings
from django.utils.log import configure_logging

from storefront.health.secrets import hide


@pytest.fixture
def log(monkeypatch):
    """What the process would write, through its own handler."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    handler = next(found for found in logging.getLogger().handlers if found.name == "console")
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.mark.django_db
def test_the_key_of_a_link_is_not_logged_when_the_page_is_not_there(client, log):
    answer = client.get("/en/orders/ABCDEFGH23/?k=very-secret")

    assert answer.status_code == 404
    assert "GET /en/orders/ABCDEFGH23/" in log.getvalue()
    assert "very-secret" not in log.getvalue()


@pytest.mark.django_db
def test_the_key_of_a_confirmation_is_not_logged(client, log):
    client.get("/en/accounts/confirm-email/very-secret/nothing/")

    assert "confirm-email/…" in log.getvalue()
    assert "very-secret" not in log.getvalue()


def test_what_others_log_is_blotted_out_too(log):
    logging.getLogger("fulfilment").warning("Refused: %r", {"fatima@example.com": (550, b"no"), "to": "+212612345678"})

    assert "Refused" in log.getvalue()
    assert "fatima" not in log.getvalue()
    assert "612345678" not in log.getvalue()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("GET /fr/orders/X/?k=abc:DEF&page=2", "GET /fr/orders/X/?k=…&page=2"),
        ("/paid/?payment_intent_client_secret=pi_1_secret_2a", "/paid/?payment_intent_client_secret=pi_1_secret_…"),
        ("/accounts/confirm-email/NA:1x:yz/", "/accounts/confirm-email/…/"),
        ("to 0612345678 and +33612345678.", "to … and …."),
        (
            "2026-11-20T12:00:00.123456+00:00 job 0612345",
            "2026-11-20T12:00:00.123456+00:00 job 0612345",
        ),
        ("fulfilment.jobs.relay in 1732104000", "fulfilment.jobs.relay in 1732104000"),
    ],
)
def test_hide_blots_out_keys_and_people_and_nothing_else(line, shown):
    assert hide(line) == shown
