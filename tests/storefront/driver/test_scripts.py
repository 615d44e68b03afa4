"""What the driver's scripts weigh on a phone's network."""

import gzip

from django.conf import settings

SCRIPTS = [settings.BASE_DIR / "storefront" / "static" / "js" / name for name in ("driver.js", "driver-worker.js")]


def test_own_script_is_small():
    sent = [path.read_bytes() for path in SCRIPTS]

    assert sum(map(len, sent)) <= 10 * 1024
    assert sum(len(gzip.compress(script)) for script in sent) <= 4 * 1024
