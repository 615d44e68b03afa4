"""Fill a template database: ``python -m tests.support.build empty|catalogue``, run once by a test run."""

import os
import sys

import django
from django.core.management import call_command

from tests.support.clock import pinned


def main(kind: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    django.setup()
    with pinned():
        if kind == "empty":
            call_command("migrate", verbosity=0, run_syncdb=True)
        else:
            call_command("load_catalogue", "catalogue/data")


if __name__ == "__main__":
    main(sys.argv[1])
