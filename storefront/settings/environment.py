"""Where the shop runs and what the environment says."""

import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

__all__ = ["BASE_DIR", "DATA_DIR", "DEBUG", "SECRET_KEY", "SHOP_ENV", "env", "refuse"]

env = environ.FileAwareEnv()
BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

SHOP_ENV = env.str("SHOP_ENV", default="test" if "pytest" in sys.modules else "demo")
if SHOP_ENV not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"SHOP_ENV is {SHOP_ENV!r}: say demo, test or production.")

DEBUG = env.bool("DEBUG", default=False)
DEMO_KEY = "demonstration-only-key-that-production-refuses-0123456789-abcdefghij"
SECRET_KEY = env.str("SECRET_KEY", default=DEMO_KEY)


def refuse(wrong: bool, sentence: str) -> None:
    """Stop a production start that would not be safe, with one line."""
    if SHOP_ENV == "production" and wrong:
        raise ImproperlyConfigured(sentence)


refuse(DEBUG, "Production does not start with DEBUG on.")
refuse(DEMO_KEY == SECRET_KEY, "Production needs its own SECRET_KEY.")
