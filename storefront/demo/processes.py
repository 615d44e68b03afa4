"""Every process of the shop on one machine, for the demonstration and the journeys."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEHIND_PAGES = 5
"""Niceness of what nobody watches: on two cores the pages come first, at the start most of all."""


@dataclass(frozen=True)
class Process:
    name: str
    arguments: tuple[str, ...]  # after "python"
    environment: Mapping[str, str] = field(default_factory=dict)
    niceness: int = 0

    @property
    def command(self) -> list[str]:
        return [sys.executable, *self.arguments]


def processes(*, port: int, web_workers: int = 2) -> list[Process]:
    web = {"SHOP_PROCESS": "web"}
    worker = {
        "SHOP_PROCESS": "worker",
        "CELERY_SKIP_CHECKS": "1",  # the web process and the steps before it have checked
        # In a container everything runs as root; that warning is for shops that are open to the world.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }
    celery = ("-m", "celery", "-q", "-A", "storefront.celery")
    quiet = ("--without-mingle", "--without-gossip", "--loglevel", "WARNING")
    return [
        Process(
            "web",
            (
                *("-m", "gunicorn", "storefront.wsgi:application", "--bind", f"127.0.0.1:{port}"),
                *("--worker-class", "gthread", "--workers", str(web_workers), "--threads", "4"),
                *("--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning", "--preload"),
            ),
            web,
        ),
        *([] if has_own_key() else [Process("stripe", ("manage.py", "demo_stripe"), web)]),
        Process("relay", ("manage.py", "relay"), worker, BEHIND_PAGES),
        Process(
            "worker",
            (*celery, "worker", "-Q", "default,mail,bulk", "-c", "2", "-n", "default@%h", *quiet),
            worker,
            BEHIND_PAGES,
        ),
        Process(
            "money",
            (*celery, "worker", "-Q", "money", "-c", "1", "-n", "money@%h", *quiet),
            worker,
            BEHIND_PAGES,
        ),
        Process(
            "beat",
            (*celery, "beat", "--pidfile=", "--loglevel", "WARNING"),
            worker,
            BEHIND_PAGES,
        ),
    ]


def environment(*, port: int, stripe_port: int) -> dict[str, str]:
    """What all of them must agree on. Whoever brings a test key of Stripe's talks to Stripe, not to the stand-in."""
    bank = {} if has_own_key() else {"STRIPE_API_BASE": f"http://127.0.0.1:{stripe_port}"}
    return {
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        **bank,
        "PYTHONUNBUFFERED": "1",
    }


def has_own_key() -> bool:
    return any(os.environ.get(name) for name in ("STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY_FILE"))
