#!/usr/bin/env python3
"""Make `.venv` hold exactly what a lock file says. Needs only python3 and pip; does nothing when nothing changed.

python3 requirements/install.py runtime|dev
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS, VENV = ROOT / ".tools", ROOT / ".venv"
OLDEST = (3, 11)


def main(lock: str) -> int:
    if sys.version_info < OLDEST:
        print(f"This is Python {sys.version.split()[0]}; the shop needs 3.11 or newer (make PYTHON=python3.11 …).")
        return 1
    with (ROOT / ".install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if wanted(lock).items() <= installed().items():
            return 0
        # A checkout that has run its tests keeps what they need.
        return install("dev" if "dev" in installed() else lock)


def wanted(lock: str) -> dict[str, str]:
    """The lock's hash; development's packages contain the runtime's."""
    names = [lock, "runtime"] if lock == "dev" else [lock]
    text = {name: (ROOT / "requirements" / f"{name}.txt").read_bytes() for name in names}
    return {name: hashlib.sha256(content + sys.version.encode()).hexdigest() for name, content in text.items()}


def installed() -> dict[str, str]:
    try:
        return json.loads((VENV / "locks.json").read_text())
    except (OSError, ValueError):
        return {}


def install(lock: str) -> int:
    print(f"Installing the packages of requirements/{lock}.txt …", flush=True)
    file = str(ROOT / "requirements" / f"{lock}.txt")
    uv = TOOLS / "bin" / "uv"
    if not uv.exists():
        code = run(
            [
                *(sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"),
                *("--target", str(TOOLS), "--upgrade", "--require-hashes"),
                *("-r", str(ROOT / "requirements" / "tools.txt")),
            ]
        )
        if code:
            return code
    python = VENV / "bin" / "python"
    if not python.exists():
        code = run([str(uv), "venv", "-q", "--clear", "--python", sys.executable, str(VENV)])
        if code:
            return code
    code = run([str(uv), "pip", "sync", "-q", "--python", str(python), "--require-hashes", file])
    if code:
        # uv does not read pip's own configuration; where only that knows the way, pip does it, more slowly.
        print("Trying again with pip …", flush=True)
        code = run(
            [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--require-hashes", "-r", file]
        )
    if code == 0:
        (VENV / "locks.json").write_text(json.dumps(wanted(lock)))
    return code


def run(command: list[str]) -> int:
    environment = {"UV_PYTHON_DOWNLOADS": "never", **os.environ}
    if "PIP_CERT" in os.environ:
        environment.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
