"""Fill a template database: ``python -m tests.support.build empty|catalogue``, run once by a test run.

The catalogue's opening list is of eleven that morning; at half past, one from the fee schedules followed it.
"""

import os
import sys
from datetime import timedelta

import django
from django.core.management import call_command

from tests.support.clock import pinned

APPROVER = "approver@example.org"


def main(kind: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    django.setup()
    if kind == "empty":
        with pinned():
            call_command("migrate", verbosity=0, run_syncdb=True)
        return
    with pinned(timedelta(hours=-1)):
        call_command("load_catalogue", "catalogue/data")
    with pinned(timedelta(minutes=-30)):
        make_approver()
        call_command("publish_prices", "--from", "schedules", "--approve-as", APPROVER)


def make_approver() -> None:
    """Make the director who approved the list in force."""
    from django.contrib.auth.models import Group

    from catalogue.people.models import User

    person = User.objects.create_user(APPROVER, is_staff=True)
    person.groups.set([Group.objects.get(name="director")])


if __name__ == "__main__":
    main(sys.argv[1])
