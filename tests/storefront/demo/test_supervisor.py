"""The runner, on small processes of its own."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RUNNER = """
import os, sys
from storefront.demo.processes import Process
from storefront.demo.supervisor import Supervisor

def python(name, code):
    return Process(name, ("-u", "-c", code))

wanted = [python("steady", "import time; print('up', flush=True); time.sleep(600)"), python("other", {other!r})]
sys.exit(Supervisor(wanted, os.environ).run(when_started=lambda: None))
"""


@pytest.fixture
def start():
    started = []

    def run(other):
        code = textwrap.dedent(RUNNER).format(other=other)
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def lines_until(process, wanted, limit=20):
    lines, end = [], time.monotonic() + limit
    while time.monotonic() < end:
        line = process.stdout.readline()
        lines.append(line.rstrip("\n"))
        if wanted in line:
            return lines
        if not line:
            break
    raise AssertionError(f"{wanted!r} never came: {lines}")


def wait_until_gone(pid, limit=15):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if not Path(f"/proc/{pid}/cwd").exists() or not os.path.exists(f"/proc/{pid}/exe"):
            return
        time.sleep(0.05)
    raise AssertionError(f"{pid} still lives")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_and_each_line_carries_its_name(start, number):
    runner = start("import os, time; print(os.getpid(), flush=True); time.sleep(600)")
    lines = lines_until(runner, "other  |")
    pid = int(lines[-1].split("|")[1])

    runner.send_signal(number)

    assert runner.wait(20) == 0
    wait_until_gone(pid)


def test_a_process_that_is_killed_is_started_again(start):
    runner = start("import os, time; print(os.getpid(), flush=True); time.sleep(600)")
    first = int(lines_until(runner, "other  |")[-1].split("|")[1])

    os.kill(first, signal.SIGKILL)
    lines_until(runner, "ended with -9; starting it again")
    second = int(lines_until(runner, "other  |")[-1].split("|")[1])

    assert second != first


def test_a_process_that_cannot_stay_up_ends_all_with_its_command(start):
    runner = start("print('no', flush=True)")

    lines_until(runner, "other  | does not stay up", limit=30)

    assert runner.wait(20) == 1


def test_children_end_when_the_runner_is_killed(start):
    runner = start("import os, time; print(os.getpid(), flush=True); time.sleep(600)")
    pid = int(lines_until(runner, "other  |")[-1].split("|")[1])

    runner.kill()

    wait_until_gone(pid)
