"""Numbers that stood with the cooperatives become their accounts; on the way back the latest stands there again."""

import os
import subprocess
import sys

import pytest
from django.db import connection, connections
from django.utils import timezone

from catalogue.banking import operations
from catalogue.banking.models import AccountEvent, BankAccount
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_staff
from tests.support import databases, servers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def migrate(app: str, name: str) -> None:
    database = str(connection.settings_dict["NAME"])
    connections.close_all()
    application, owner = servers.accounts()
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", app, name],
        cwd=databases.ROOT,
        env={
            **os.environ,
            "SHOP_ENV": "test",
            "SHOP_DATABASE_ROLE": "owner",
            "DATABASE_URL": application.at(database),
            "DATABASE_OWNER_URL": owner.at(database),
        },
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stdout[-2000:] + done.stderr[-2000:]


def test_numbers_become_accounts_and_stand_with_the_cooperatives_again_on_the_way_back():
    atlas, souss = make_cooperative(name="Atlas"), make_cooperative(name="Souss")
    account = propose_account(atlas, rib=make_rib(7, bank="350"), now=timezone.now())
    operations.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=timezone.now())
    first = souss.bank_accounts.get().rib

    migrate("banking", "0001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, rib, bank_code, bank_name_fr FROM partner_partner ORDER BY id")
        stood = cursor.fetchall()
    migrate("banking", "0003")

    assert stood == [(atlas.pk, account.rib, "350", "Al Barid Bank"), (souss.pk, first, "230", "CIH Bank")]
    taken = BankAccount.objects.order_by("cooperative").values_list(
        "cooperative", "rib", "bank", "holder_name", "route"
    )
    assert list(taken) == [
        (atlas.pk, account.rib, "350", "Atlas", "opening"),
        (souss.pk, first, "230", "Souss", "opening"),
    ]
    assert AccountEvent.objects.filter(kind="opened").count() == 2
