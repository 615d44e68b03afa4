"""A run pays a member's amount to the account of who receives for it; all else stays the member's."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.banking import operations as banking
from catalogue.kernel.invariants import registered
from fulfilment.payouts import operations, queries
from fulfilment.payouts.files.latin import latin
from fulfilment.payouts.models import Payout
from tests.factories.advances import clerk, give_mandate, join
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.payouts import approve, deliver, draft, pay_all, send, send_back_from_bank, settle, submit

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def treasury():
    return make_cooperative(name="Union Targanine")


@pytest.fixture
def oil(treasury):
    """Return oil of a member for which its union's treasury receives."""
    record = make_stockrecord(farm_gate="80.00", in_stock=100)
    join(record.partner, treasury)
    return record


def broken() -> list[str]:
    names = ("payouts", "ledger", "accounts")
    return [name for name, check in registered().items() if name.startswith(names) and list(check())]


def test_the_payout_is_the_members_and_the_account_the_receivers(oil, treasury):
    give_mandate(oil.partner, treasury)
    deliver((oil, 2), method="card")

    pay_all()

    payout = Payout.objects.get()
    account = treasury.bank_accounts.get()
    assert (payout.cooperative, payout.account, payout.rib, payout.holder, payout.is_for_member) == (
        *(oil.partner, account, account.rib, account.holder_name),
        True,
    )
    assert queries.statement(payout).to_receive_mad == D("160.00")
    assert list(queries.received_for_others(treasury)) == [payout]
    assert list(queries.payouts_of(treasury)) == []
    assert broken() == []


def test_without_a_mandate_nobody_receives_for_others(oil, treasury):
    deliver((oil, 2), method="card")

    pay_all()

    payout = Payout.objects.get()
    assert (payout.account.cooperative, payout.is_for_member) == (oil.partner, False)
    assert not queries.received_for_others(treasury).exists()


def test_each_transfer_names_its_payout_and_the_member(oil, treasury):
    give_mandate(oil.partner, treasury)
    own = make_stockrecord(cooperative=treasury, farm_gate="50.00", in_stock=10)
    deliver((oil, 2), method="card")
    deliver((own, 1), method="card")
    run = send(draft())

    xml, table = (bytes(file.content).decode() for file in run.files.order_by("pk"))

    member, of_member, of_treasury = oil.partner, *(run.payouts.get(cooperative=one) for one in (oil.partner, treasury))
    for payout in (of_member, of_treasury):
        assert f"<EndToEndId>{payout.reference}</EndToEndId>" in xml
    assert f"<Ustrd>{of_member.reference} {member.code} {latin(member.name)}</Ustrd>" in xml
    assert f"<Ustrd>{of_treasury.reference}</Ustrd>" in xml
    rows = {row.partition(",")[0]: row for row in table.splitlines()}
    assert member.name in rows[of_member.reference]
    assert member.name not in rows[of_treasury.reference]


def test_who_is_paid_at_an_agency_is_paid_by_transfer_when_another_receives(oil, treasury):
    oil.partner.payout_method = "cash_at_agency"
    oil.partner.save(update_fields=["payout_method"])
    give_mandate(oil.partner, treasury)
    deliver((oil, 2), method="card")

    assert draft().payouts.get().method == "bank_transfer"


def test_nobody_is_paid_while_the_receivers_account_may_not_be_used(oil, treasury):
    give_mandate(oil.partner, treasury)
    banking.block_account(account_id=treasury.bank_accounts.get().pk, reason="AC04", now=timezone.now())
    deliver((oil, 2), method="card")

    assert draft() is None


def test_a_transfer_that_comes_back_blocks_the_receivers_account_and_is_owed_to_the_member(oil, treasury):
    give_mandate(oil.partner, treasury)
    deliver((oil, 2), method="card")
    pay_all()

    payout = send_back_from_bank(Payout.objects.get())

    assert (payout.state, treasury.bank_accounts.get().state) == ("RETURNED", "BLOCKED")
    assert oil.partner.bank_accounts.get().state == "APPROVED"
    assert queries.owed(oil.partner, timezone.now()).owed_mad == D("160.00")
    assert broken() == []


def test_a_run_is_not_sent_once_a_mandate_ended(oil, treasury):
    mandate = give_mandate(oil.partner, treasury)
    deliver((oil, 2), method="card")
    run = draft()
    approve(run)

    banking.end_mandate(mandate_id=mandate.pk, by=clerk(), now=timezone.now())

    with pytest.raises(operations.HeldMeanwhile):
        operations.export(run_id=run.pk, by=clerk(), now=timezone.now())
    operations.send_back(run_id=run.pk, by=clerk(), now=timezone.now())
    with pytest.raises(operations.HeldMeanwhile):
        submit(run)
    operations.cancel(run_id=run.pk, by=clerk(), now=timezone.now())
    settle(send(draft()))
    assert Payout.objects.latest("pk").account.cooperative == oil.partner
