"""Every check that needs no running shop: ``make check``, or with ``--fast`` before a commit."""

import os
import subprocess
import sys
import time
from pathlib import Path

from storefront.demo import services

ROOT = Path(__file__).resolve().parents[2]
PY = sys.executable
DEPLOYED = {
    "SHOP_ENV": "production",
    "SECRET_KEY": "only-for-this-check-" + "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "shop.example.org",
    "BASE_URL": "https://shop.example.org",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "CACHE_URL": "redis://127.0.0.1:6380/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "SMS_GATEWAY": "your.provider.Gateway",
    "STRIPE_SECRET_KEY": "sk_live_" + "0" * 24,
    "STRIPE_PUBLISHABLE_KEY": "pk_live_" + "0" * 24,
    "STRIPE_WEBHOOK_SECRET": "whsec_" + "0" * 24,
    "SELLER_ICE": "001500000000022",
}
FAST = {
    "format": [PY, "-m", "ruff", "format", "--check", "-q", "."],
    "lint": [PY, "-m", "ruff", "check", "-q", "."],
    "imports": ["lint-imports"],
}
SLOW = {
    "types": [PY, "-m", "mypy"],
    "migrations": [PY, "manage.py", "makemigrations", "--check", "--dry-run"],
    "translations": [PY, "manage.py", "translations", "check"],
    "deployment": [PY, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


def main() -> int:
    fast = "--fast" in sys.argv
    failed = [name for name, command in FAST.items() if not _passes(name, command, {})]
    if not fast:
        with services.running(os.environ.get("DATA_DIR", str(ROOT / "var")) + "/check", fast=True) as found:
            for name, command in SLOW.items():
                extra = {**found.environment(), **(DEPLOYED if name == "deployment" else {"SHOP_ENV": "test"})}
                if not _passes(name, command, extra):
                    failed.append(name)
    print("all well" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _passes(name: str, command: list[str], extra: dict[str, str]) -> bool:
    began = time.monotonic()
    path = f"{os.path.dirname(PY)}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path, **extra}, capture_output=True, text=True)
    well = done.returncode == 0
    print(f"{name:<14}{'ok' if well else 'FAILED':<8}{time.monotonic() - began:5.1f} s", flush=True)
    if not well:
        print(done.stdout[-6000:] + done.stderr[-6000:], flush=True)
    return well


if __name__ == "__main__":
    sys.exit(main())
