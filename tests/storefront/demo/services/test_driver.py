"""The embedded servers under the accidents that happened to others."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from storefront.demo import services
from storefront.demo.services import postgres, tools, valkey
from storefront.demo.services.layout import Layout


@pytest.fixture
def data_dir(tmp_path):
    yield tmp_path
    services.stop(tmp_path)


def number_of_roles(found, role="owner"):
    url = found.database_owner_url if role == "owner" else found.database_url
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'shop_%'").fetchone()[0]


def kill_and_wait(pid):
    """The next start may come while the kernel still buries the process."""
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while time.monotonic() < end and os.path.exists(f"/proc/{pid}/cwd"):
        time.sleep(0.02)


def test_start_works_in_a_deep_folder_with_spaces_and_commas(tmp_path):
    deep = tmp_path / ("a folder, with a comma and " + "x" * 60) / ("y" * 60)
    with services.running(deep, fast=True) as found:
        roles = number_of_roles(found)
        alive = redis.Redis.from_url(found.redis_url).ping()
        sockets = found.layout.sockets

    assert (roles, alive) == (2, True)
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= 107
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert services.status(deep) == {"postgresql": False, "valkey": False}


def test_start_keeps_data_and_passwords_to_the_user(data_dir):
    layout = services.start(data_dir, fast=True).layout

    folders = [layout.cluster, layout.sockets, layout.valkey, layout.data_dir / "secrets"]
    files = [layout.password_file("app"), layout.password_file("owner")]

    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_application_role_owns_nothing_and_the_superuser_has_no_way_in(data_dir):
    found = services.start(data_dir, fast=True)

    with psycopg.connect(found.database_owner_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
            " WHERE rolname IN ('shop_app', 'shop_owner') ORDER BY 1"
        ).fetchall()
        owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'").fetchone()
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        psycopg.connect(f"postgres://postgres@/postgres?host={found.layout.sockets}")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgres://shop_owner:guess@/shop?host={found.layout.sockets}")

    assert rows == [("shop_app", False, False, False, False), ("shop_owner", False, False, True, False)]
    assert owner == ("shop_owner",)


def test_trigrams_see_arabic_letters(data_dir, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    found = services.start(data_dir, fast=True)

    with psycopg.connect(found.database_owner_url) as connection:
        trigrams = connection.execute("SELECT cardinality(show_trgm('زيت'))").fetchone()[0]

    assert trigrams == 4


def test_check_arabic_refuses_a_locale_without_arabic_letters(data_dir, monkeypatch):
    layout = services.start(data_dir, fast=True).layout
    monkeypatch.setattr(postgres, "sql", lambda *_: "0\n")

    with pytest.raises(services.ServiceError, match="without Arabic letters"):
        postgres.check_arabic(layout)


def test_four_starts_at_once_make_one_pair_of_servers(data_dir):
    command = [sys.executable, "-m", "storefront.demo.services", "start", "--fast", "--data-dir", str(data_dir)]
    root = Path(services.__file__).parents[3]
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: subprocess.run(command, cwd=root, capture_output=True).returncode, range(4)))

    layout = Layout.at(data_dir)
    assert codes == [0, 0, 0, 0]
    assert len(tools.processes_in(layout.valkey)) == 1
    assert postgres.answers(layout)


def test_servers_come_back_with_their_data_after_kill_9(data_dir):
    found = services.start(data_dir)
    with psycopg.connect(found.database_owner_url) as connection:
        connection.execute("CREATE TABLE jars (n int)")
        connection.execute("INSERT INTO jars VALUES (7)")
    redis.Redis.from_url(found.redis_url).rpush("mail", "one")
    time.sleep(1.2)  # appendfsync everysec

    kill_and_wait(postgres._postmaster(found.layout))
    kill_and_wait(valkey.running(found.layout))
    found = services.start(data_dir)

    with psycopg.connect(found.database_owner_url) as connection:
        assert connection.execute("SELECT n FROM jars").fetchone() == (7,)
    assert redis.Redis.from_url(found.redis_url).lrange("mail", 0, -1) == [b"one"]


def test_start_is_not_fooled_by_a_pid_file_that_names_another_program(data_dir):
    layout = services.start(data_dir, fast=True).layout
    services.stop(data_dir)
    (layout.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{layout.cluster}\n1\n5432\n\n\n0 0\n")
    (layout.valkey / "valkey.pid").write_text(f"{os.getpid()}\n")

    found = services.start(data_dir, fast=True)

    assert number_of_roles(found) == 2
    assert redis.Redis.from_url(found.redis_url).ping()


def test_a_half_made_cluster_is_made_again(data_dir):
    layout = Layout.at(data_dir)
    layout.make_folders()
    (data_dir / "postgres.new" / "base").mkdir(parents=True)
    layout.cluster.mkdir()

    assert number_of_roles(services.start(data_dir, fast=True)) == 2


def test_run_stops_both_on_sigterm_and_the_next_start_adopts_after_kill_9(data_dir):
    command = [sys.executable, "-m", "storefront.demo.services", "run", "--fast", "--data-dir", str(data_dir)]
    root = Path(services.__file__).parents[3]

    killed = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert killed.stdout.readline() == "up\n"
    before = valkey.running(Layout.at(data_dir))
    killed.kill()
    killed.wait()
    adopting = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    assert adopting.stdout.readline() == "up\n"
    after = valkey.running(Layout.at(data_dir))
    adopting.terminate()

    assert adopting.wait(20) == 0
    assert before == after
    assert services.status(data_dir) == {"postgresql": False, "valkey": False}


def test_short_socket_folder_of_someone_else_is_refused(tmp_path, monkeypatch):
    deep = tmp_path / ("z" * 100)
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    link = tmp_path / "link"
    link.symlink_to(theirs)
    monkeypatch.setattr(Layout, "sockets", property(lambda self: link))

    with pytest.raises(services.ServiceError, match="belongs to someone else"):
        services.start(deep)


def test_addresses_read_only_and_never_start_anything(tmp_path):
    found = services.addresses(tmp_path / "nothing here")

    assert found.database("app")["USER"] == "shop_app"
    assert not (tmp_path / "nothing here").exists()


def test_addresses_need_no_package_beside_the_standard_library():
    root = Path(services.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import storefront.demo.services as s; print(s.addresses('x').redis_url)"],
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_frozen_valkey_is_not_started_twice(data_dir, monkeypatch):
    layout = services.start(data_dir, fast=True).layout
    monkeypatch.setattr(valkey, "_START_LIMIT", 3)
    pid = valkey.running(layout)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(services.ServiceError, match="does not answer"):
            valkey.start(layout, fast=True)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert tools.processes_in(layout.valkey) == [pid]
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(layout.valkey_socket))
