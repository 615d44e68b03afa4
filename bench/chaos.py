"""Workers and broker killed for two minutes while three hundred orders are placed; how it ended, in figures.

python -m bench.chaos [ORDERS] [SECONDS]    # make soak-chaos; needs no demonstration

In a database and a broker of its own, both gone at the end. Leases of the killed workers run out by themselves, as in
the shop: five minutes for most jobs. Exit status 1 when something is still open an hour later, or happened twice.
"""

import os
import sys
import tempfile
from pathlib import Path

LIMIT_SECONDS = 3600


def main(orders: int = 300, away: float = 120) -> int:
    os.environ["SHOP_ENV"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    import django

    django.setup()
    from bench.database import own_database
    from tests.fakes.broker import private_broker
    from tests.support import chaos

    wanted = chaos.Chaos(orders=orders, away=away, limit=LIMIT_SECONDS, patient=True)
    with own_database(), private_broker() as broker, tempfile.TemporaryDirectory() as folder:
        try:
            found = chaos.run(wanted, broker=broker, folder=Path(folder))
        except chaos.NotFinal as error:
            print(error, file=sys.stderr)
            return 1
    for name, figure in found.items():
        print(f"{name.replace('_', ' '):<45}{figure:>8}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(given) for given in sys.argv[1:3])))
