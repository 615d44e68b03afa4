"""What was paid before payouts covered legs becomes covered, nothing is paid again, and there is a way back."""

import os
import subprocess
import sys

import pytest
from django.db import connection, transaction

from catalogue.kernel.invariants import registered
from fulfilment.payouts.models import OrderCash, Payable, Payout, PayoutLine, PayoutRun
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft, send, settle
from tests.factories.runs_of_before import pay_at_once
from tests.support import databases, servers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1200)]
OLD, BEFORE_STEPS = "0003", "0006"


def migrate(*to: str, fails: bool = False) -> str:
    name = connection.settings_dict["NAME"]
    connection.close()
    application, owner = servers.accounts()
    environment = {
        **os.environ,
        "SHOP_ENV": "demo",
        "DJANGO_SETTINGS_MODULE": "storefront.settings",
        "DATABASE_URL": application.at(name),
        "DATABASE_OWNER_URL": owner.at(name),
    }
    command = [sys.executable, "manage.py", "migrate", *to]
    done = subprocess.run(command, cwd=databases.ROOT, env=environment, timeout=300, capture_output=True, text=True)
    assert (done.returncode != 0) == fails, done.stderr[-2000:]
    return done.stderr


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_what_was_paid_is_covered_and_what_was_owed_stays_owed():
    record = make_stockrecord(farm_gate="80.00", in_stock=20)
    migrate("payouts", BEFORE_STEPS)
    with transaction.atomic():
        deliver((record, 2))
    pay_at_once()
    with transaction.atomic():
        deliver((record, 1))
        deliver((record, 3), method="card")
    covered = set(PayoutLine.objects.values_list("payout", "ledger_line"))

    migrate("payouts", OLD)
    before = rows("SELECT state, amount_mad, payout_id IS NULL FROM payouts_payable ORDER BY id")
    migrate("payouts")

    assert [(state, int(amount), unpaid) for state, amount, unpaid in before] == [
        ("SETTLED", 160, False),
        ("PAYABLE", 80, True),
        ("PAYABLE", 240, True),
    ]
    assert set(PayoutLine.objects.values_list("payout", "ledger_line")) == covered
    broken = [name for name, check in registered().items() if "payments: " not in name and list(check())]
    assert broken == []
    assert not Payable.objects.filter(payable_from=None).exists()
    assert OrderCash.objects.count() == 2
    assert list(PayoutRun.objects.values_list("state", "cycle")) == [("CLOSED", "")]
    with transaction.atomic():
        run = settle(send(draft()))
    assert [int(payout.amount_mad) for payout in run.payouts.all()] == [320]
    assert Payout.objects.count() == 2
    assert "NoWayBack" in migrate("payouts", BEFORE_STEPS, fails=True)
