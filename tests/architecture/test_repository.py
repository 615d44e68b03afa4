"""What must not creep into the repository."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MACHINES = re.compile(r"(?<![\w.])/(?:work|root|home/(?!shop\b)[a-z]+)/(?=\w)")
INDEXES = re.compile(r"--(?:index-url|extra-index-url|find-links)\b")


def tracked(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_with(pattern, files):
    found = []
    for path in files:
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


@pytest.fixture(autouse=True)
def needs_git():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files belong to it")


def test_no_path_of_one_machine():
    files = [
        path
        for path in tracked("*.py", "*.md", "*.toml", "*.txt", "*.yml", "Makefile", ".ci")
        if path != Path(__file__)
    ]

    assert lines_with(MACHINES, files) == []


def test_locks_have_hashes_and_no_address_of_an_index():
    locks = tracked("requirements/*.txt")

    assert {lock.name for lock in locks} == {"tools.txt", "runtime.txt", "dev.txt"}
    assert lines_with(re.compile(r"https?://|--index-url|--find-links|@ file"), locks) == []
    for lock in locks:
        pins = re.findall(r"^[\w.\[\]-]+==\S+.*\\\n    --hash=sha256:", lock.read_text(), flags=re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[\w.\[\]-]+==", lock.read_text(), flags=re.MULTILINE))


def test_development_runs_the_runtime_s_own_versions():
    def pins(name):
        return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    runtime, dev = pins("runtime.txt"), pins("dev.txt")

    assert {name: dev.get(name) for name in runtime} == runtime


def test_only_the_jobs_app_sends_work_to_celery():
    files = [path for path in tracked("*.py") if "fulfilment/jobs" not in str(path) and "/tests/" not in str(path)]

    assert lines_with(re.compile(r"\.(delay|apply_async|send_task)\("), files) == []


def test_nobody_installs_from_elsewhere():
    assert lines_with(INDEXES, tracked("Makefile", "Dockerfile", ".ci", "requirements/*.in")) == []
