from typing import Any

from django.core.management.base import BaseCommand, CommandError

from storefront.customer import roles


class Command(BaseCommand):
    help = "Give the office's groups exactly the rights of storefront/customer/roles.py. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := roles.missing():
            raise CommandError(f"No model defines: {', '.join(sorted(unknown))}")
        self.stdout.write(f"{len(roles.ROLES)} groups, {roles.grant()} rights changed.")
