import pytest
from django.db import connection
from django.utils import timezone

from catalogue.banking import invariants, operations
from catalogue.cooperatives.models import Partner, Union
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


def test_accounts_made_by_operations_break_nothing():
    first, finance = make_cooperative(), make_staff("finance")
    account = propose_account(first, now=timezone.now())
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=timezone.now())
    operations.block_account(account_id=account.pk, reason="returned", now=timezone.now())
    propose_account(make_cooperative(), now=timezone.now())

    assert [list(check()) for check in (invariants.steps_are_noted, invariants.shared_in_one_union)] == [[], []]


def test_an_account_that_came_without_an_audit_row_is_found():
    cooperative = make_cooperative()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO banking_bankaccount (cooperative_id, bank_id, rib, holder_name, state, route, proposed_at,"
            " reason) VALUES (%s, '230', %s, 'x', 'PROPOSED', 'office', now(), '')",
            [cooperative.pk, make_rib(6)],
        )

    assert [account.rib for account in invariants.steps_are_noted()] == [make_rib(6)]


def test_an_account_shared_by_cooperatives_that_left_their_union_is_found():
    union = Union.objects.create(code="U01", kind="union", name="Union")
    atlas, souss = make_cooperative(union=union), make_cooperative(union=union)
    shared = propose_account(atlas, rib=souss.bank_accounts.get().rib, now=timezone.now())
    assert not invariants.shared_in_one_union()

    Partner.objects.filter(pk=atlas.pk).update(union=None)

    assert {account.pk for account in invariants.shared_in_one_union()} == {shared.pk, souss.bank_accounts.get().pk}
