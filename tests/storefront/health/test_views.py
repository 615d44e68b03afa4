from datetime import timedelta

import pytest
import redis
from django.db import OperationalError
from django.utils import timezone

from fulfilment.jobs.models import Heartbeat
from storefront.health import queries


@pytest.fixture
def beating(db):
    for name in queries.PATIENCE:
        Heartbeat.objects.create(name=name, beat_at=timezone.now())


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_is_ready_when_everything_works(client, beating):
    response = client.get("/readyz")

    assert response.json() == {"database": "ok", "broker": "ok", "migrations": "ok", "workers": "ok"}
    assert response.status_code == 200


def test_readyz_names_a_worker_that_has_been_silent_too_long(client, beating):
    Heartbeat.objects.filter(name="worker-money").update(beat_at=timezone.now() - timedelta(minutes=4))

    response = client.get("/readyz")

    assert (response.status_code, response.json()["workers"]) == (503, "silent: worker-money")


def test_readyz_names_a_broker_that_does_not_answer(client, beating, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock?db=0"

    response = client.get("/readyz")

    assert (response.status_code, response.json()["broker"]) == (503, redis.ConnectionError.__name__)


def test_readyz_names_a_database_that_does_not_answer(client, beating, monkeypatch):
    def refuse(now):
        raise OperationalError("connection to 10.0.0.1 failed")

    monkeypatch.setattr(queries, "_database", refuse)

    response = client.get("/readyz")

    assert (response.status_code, response.json()["database"]) == (503, "OperationalError")


def test_readyz_counts_migrations_that_wait(client, beating, monkeypatch):
    monkeypatch.setattr(queries, "_migrated", False)
    monkeypatch.setattr(queries.MigrationExecutor, "migration_plan", lambda self, leaves: [1, 2])

    assert client.get("/readyz").json()["migrations"] == "2 not applied"


def test_metrics_count_jobs_and_heartbeats(client, beating):
    text = client.get("/metrics").content.decode()

    assert "shop_oldest_waiting_job_seconds 0.0" in text
    assert 'shop_heartbeat_age_seconds{process="relay"} 0.' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("environment", "token", "sent", "status"),
    [
        ("demo", "", "", 200),
        ("production", "", "", 404),
        ("production", "s3cret", "", 404),
        ("production", "s3cret", "Bearer s3cre", 404),
        ("production", "s3cret", "Bearer s3cret", 200),
        ("demo", "s3cret", "", 404),
    ],
)
def test_metrics_are_not_public(client, settings, environment, token, sent, status):
    settings.SHOP_ENV, settings.METRICS_TOKEN = environment, token

    assert client.get("/metrics", headers={"authorization": sent}).status_code == status


@pytest.mark.django_db
def test_metrics_are_hidden_from_other_machines(client):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
