"""make demo before anything is served: ports, steps, the contract, forgetting."""

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storefront.demo import start, steps
from storefront.demo.steps import Book, Step, StepFailed

ROOT = Path(__file__).resolve().parents[3]


def test_a_taken_port_is_one_clear_line_and_exit_1(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "storefront.demo.start"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr == (f"Port {port} is taken: stop what listens there, or choose another: make demo PORT=8100\n")
    assert not (tmp_path / "data").exists()


def test_a_second_demonstration_in_one_folder_is_one_clear_line_and_exit_1(tmp_path):
    with start._hold(tmp_path), socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        done = subprocess.run(
            [sys.executable, "-m", "storefront.demo.start"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr == (
        f"A demonstration runs in {tmp_path} already: stop it, or choose another folder: DATA_DIR=…\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["demo.lock"]
    start._hold(tmp_path).close()


def test_a_database_of_one_s_own_needs_its_owner_named_too(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://shop_app:x@/shop")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)

    with pytest.raises(StepFailed, match="DATABASE_OWNER_URL is not"):
        start._servers(tmp_path)


@pytest.mark.parametrize("text", ["abc", "-1", "0", "70000", "٨٠٠٠x"])
def test_a_port_that_is_no_port_is_refused(text, monkeypatch):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(StepFailed, match="say a number"):
        start._port()


def test_a_step_is_due_until_done_and_again_when_a_file_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    source = tmp_path / "one.po"
    source.write_text("a")
    step = Step("translations", "Compiling", ("compile",), ("*.po",))
    book = Book(tmp_path, "postgres://one")

    due = [book.is_done(step)]
    book.note(step)
    due.append(book.is_done(step))
    source.write_text("b")
    due.append(book.is_done(step))

    assert due == [False, True, False]


def test_steps_in_the_database_are_due_in_another_database(tmp_path):
    step = Step("history", "History", ("make_history",), in_database=True)
    Book(tmp_path, "postgres://one").note(step)

    assert Book(tmp_path, "postgres://one").is_done(step)
    assert not Book(tmp_path, "postgres://two").is_done(step)


def test_a_failed_step_is_not_remembered(tmp_path, capfd):
    step = Step("broken", "Breaking", ("no_such_command",))
    book = Book(tmp_path, "")

    with pytest.raises(StepFailed, match="Breaking: failed"):
        steps.take([step], book, {"DJANGO_SETTINGS_MODULE": "storefront.settings"})

    assert not book.is_done(step)


def test_contract_names_address_databases_and_accounts(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://shop_app:x@/shop")
    monkeypatch.setenv("REDIS_URL", "unix:///x?db=0")
    accounts = [{"role": "shopper", "login": "+212600000000", "password": "p", "totp_secret": None}]
    (tmp_path / "accounts.json").write_text(json.dumps(accounts))

    start.write_contract(tmp_path, "http://127.0.0.1:8000")

    path = tmp_path / "demo.json"
    assert json.loads(path.read_text()) == {
        "base_url": "http://127.0.0.1:8000",
        "database_url": "postgres://shop_app:x@/shop",
        "redis_url": "unix:///x?db=0",
        "accounts": accounts,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_reset_deletes_only_what_the_demonstration_made(tmp_path):
    (tmp_path / "postgres" / "base").mkdir(parents=True)
    (tmp_path / "steps.json").write_text("{}")
    (tmp_path / "letter.txt").write_text("mine")

    assert start.reset(tmp_path) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_reset_refuses_while_a_demonstration_runs(tmp_path):
    (tmp_path / "demo.json").write_text("{}")

    with start._hold(tmp_path), pytest.raises(start.AlreadyRunning):
        start.reset(tmp_path)

    assert (tmp_path / "demo.json").exists()
