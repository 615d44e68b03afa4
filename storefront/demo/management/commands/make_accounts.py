import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from storefront.demo import accounts


class Command(BaseCommand):
    help = "Make one sign-in for each role of the demonstration, listed in DATA_DIR/accounts.json and on /demo/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", type=Path, help="a JSON file whose 'accounts' are set to the list, too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = accounts.make()
        except accounts.NoCooperative as error:
            raise CommandError(str(error)) from error
        if target := options["json"]:
            content = json.loads(target.read_text()) if target.exists() else {}
            target.write_text(json.dumps(content | {"accounts": made}, indent=2, ensure_ascii=False))
        self.stdout.write(f"{len(made)} accounts are ready.")
