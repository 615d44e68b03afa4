"""The application's role works with rows and with nothing else."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from catalogue.kernel import checks, roles
from catalogue.kernel.models import DataShift
from tests.support import databases, servers


@pytest.fixture
def as_owner(monkeypatch):
    """Connect as the owner for one test, as a wrong DATABASE_URL would."""
    _, owner = servers.accounts()
    connection.close()
    for name in ("USER", "PASSWORD"):
        monkeypatch.setitem(connection.settings_dict, name, owner.settings("")[name])
    yield
    connection.close()


@pytest.mark.django_db
def test_tests_run_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")

        assert cursor.fetchone() == (roles.application_role(),)
    roles.refuse_excess_rights()


@pytest.mark.django_db
def test_application_role_reads_and_writes_rows():
    DataShift.objects.create(days=3)

    assert DataShift.objects.get().days == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE kernel_datashift",
        "TRUNCATE kernel_datashift",
        "ALTER TABLE kernel_datashift DISABLE TRIGGER ALL",
        "CREATE TABLE mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "CREATE EXTENSION citext",
        "SET ROLE shop_owner",
        "SET session_replication_role = replica",
    ],
)
def test_application_role_may_not_change_tables(statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_refuse_excess_rights_names_an_owner(as_owner):
    with pytest.raises(roles.ExcessRights, match=r"does not start.*shop_owner, which"):
        roles.refuse_excess_rights()


@pytest.mark.django_db
def test_migrate_as_the_application_role_is_refused():
    with pytest.raises(roles.WrongRole, match="set DATABASE_OWNER_URL"):
        call_command("migrate", "kernel", verbosity=0)


@pytest.mark.django_db
def test_database_checks_pass_here():
    assert checks.arabic_trigrams(databases=["default"]) == []
    assert checks.same_clock(databases=["default"]) == []
    assert checks.moroccan_clock(None) == []


@pytest.mark.django_db(transaction=True)
def test_arabic_trigrams_refuses_a_database_under_the_c_locale(monkeypatch):
    _, owner = servers.accounts()
    name = "test_c_locale"
    databases.drop(name)
    with owner.open("postgres") as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    with owner.open(name) as other:
        other.execute("CREATE EXTENSION pg_trgm")
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    for key in ("USER", "PASSWORD"):
        monkeypatch.setitem(connection.settings_dict, key, owner.settings("")[key])

    found = checks.arabic_trigrams(databases=["default"])

    connection.close()
    databases.drop(name)
    assert [message.id for message in found] == ["kernel.E001"]


@pytest.mark.django_db
def test_same_clock_names_a_server_with_older_time_zone_files(monkeypatch):
    monkeypatch.setattr(checks, "_python_offset", lambda zone, instant: None)

    assert {message.id for message in checks.same_clock(databases=["default"])} == {"kernel.W003"}


def test_session_options_differ_between_web_and_worker():
    assert roles.session_options("web").startswith("-c statement_timeout=10s -c lock_timeout=2s")
    assert roles.session_options("") == ""


def test_a_wrong_password_is_not_the_application_role():
    application, _ = servers.accounts()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(application.at("shop").replace(application.settings("")["PASSWORD"], "guess"))


PROCESSES = {
    "web": ["-c", "import storefront.wsgi"],
    "relay": ["manage.py", "relay"],
    "worker": ["-m", "celery", "-q", "-A", "storefront.celery", "worker", "-Q", "bulk", "-P", "solo"],
    "beat": ["-m", "celery", "-q", "-A", "storefront.celery", "beat", "--pidfile="],
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_starts_as_the_owner(process):
    _, owner = servers.accounts()
    done = subprocess.run(
        [sys.executable, *PROCESSES[process]],
        cwd=databases.ROOT,
        env={**os.environ, "SHOP_ENV": "demo", "DATABASE_URL": owner.at(connection.settings_dict["NAME"])},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 1
    assert "The shop does not start: DATABASE_URL connects as" in done.stderr.splitlines()[-1]
