"""What pages cost: SQL queries, bytes, and time as a ratio to the emptiest page, in one process on the demo's data.

make demo    # once, to have data; it need not be running
make bench                    # pages, publishing the catalogue's prices, placing and paying, recalling a lot
make bench ARGS=--big-list    # publishing 160,000 products' prices instead
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import prices
from storefront.demo import services

ROUNDS = 30


def main() -> int:
    data_dir = Path(os.environ.get("DATA_DIR", "var"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    os.environ["SHOP_ENV"] = "demo"
    if "DATABASE_URL" in os.environ:
        return measure()
    if not (data_dir / "steps.json").exists():
        print("There is no demonstration to measure yet: run make demo once.", file=sys.stderr)
        return 1
    was_up = all(services.status(data_dir).values())
    services.start(data_dir)
    try:
        return measure()
    finally:
        if not was_up:
            services.stop(data_dir)


def measure() -> int:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    if "--big-list" in sys.argv:
        prices.measure(big=True)
        return 0
    client = Client(SERVER_NAME="127.0.0.1")
    empty = _median(client, "/healthz")
    print(f"{'page':<28}{'queries':>8}{'KB':>8}{'ms':>8}{'× empty page':>14}")
    for name, path in pages():
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        queries = len(captured)  # now: the next request forgets them
        median = _median(client, path)
        size = len(response.content) / 1024
        print(f"{name:<28}{queries:>8}{size:>8.1f}{median * 1000:>8.1f}{median / empty:>14.0f}", flush=True)
        if response.status_code != 200:
            print(f"  answered {response.status_code}: {path}")
            return 1
    prices.measure(big=False)
    for bench in ("bench.paying", "bench.recall"):  # each in a database of its own
        if code := subprocess.run([sys.executable, "-m", bench], check=False).returncode:
            return code
    return 0


def pages() -> list[tuple[str, str]]:
    from django.urls import reverse
    from django.utils import translation
    from oscar.core.loading import get_model

    product = get_model("catalogue", "Product").objects.filter(is_public=True).order_by("pk").first()
    category = get_model("catalogue", "Category").objects.filter(is_public=True).order_by("pk").first()
    with translation.override("ar"):
        return [
            ("home", reverse("home")),
            ("catalogue", reverse("catalogue:index")),
            ("category", category.get_absolute_url()),
            ("product", product.get_absolute_url()),
            ("search", f"{reverse('search:search')}?q=عسل"),
            ("basket, empty", reverse("basket:summary")),
        ]


def _median(client: object, path: str) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        client.get(path)  # type: ignore[attr-defined]
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
