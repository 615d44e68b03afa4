"""Advances: asked for within a limit, approved by another, paid by the next payout, taken back by those after."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone, translation

from catalogue.kernel.invariants import registered
from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies as ledger_policies
from fulfilment.ledger.policies import AccountKey, NewEntry, Source
from fulfilment.ledger.queries import balance_of
from fulfilment.payouts import advances, operations, policies, queries, runs
from fulfilment.payouts.models import Advance, AdvanceRepayment, Payout
from fulfilment.payouts.operations import advancing
from tests.factories.advances import ask, clerk, head, lend
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import (
    approve_another_account,
    deliver,
    draft,
    later,
    pay_all,
    send,
    send_back_from_bank,
    settle,
)
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def oil():
    """Return oil of a cooperative that was paid 800 dirhams, so that it may have 240 in advances."""
    record = make_stockrecord(farm_gate="80.00", in_stock=100)
    deliver((record, 10), method="card")
    pay_all()
    return record


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith(("payouts", "ledger")) and list(check())]


def stands(record):
    codes = ("cooperatives.advances", "cooperatives.payable")
    return [balance_of(AccountKey(code, "MAD", record.partner_id)) for code in codes]


def sell(record, pieces):
    deliver((record, pieces), method="card")


def test_the_next_payout_pays_it_and_those_after_take_it_back(oil):
    lend(oil.partner, "200.00", instalments=4)
    lent = stands(oil)
    pay_all()
    found = [(amounts(), stands(oil))]
    for _ in range(5):
        sell(oil, 5)
        pay_all()
        found.append((amounts(), stands(oil)))
        assert broken() == []

    assert lent == [D("200.00"), D("-200.00")]
    assert found == [
        ((D("200.00"), D("0.00")), [D("200.00"), 0]),
        ((D("350.00"), D("50.00")), [D("150.00"), 0]),
        ((D("350.00"), D("50.00")), [D("100.00"), 0]),
        ((D("350.00"), D("50.00")), [D("50.00"), 0]),
        ((D("350.00"), D("50.00")), [0, 0]),
        ((D("400.00"), D("0.00")), [0, 0]),
    ]


def amounts():
    payout = Payout.objects.latest("pk")
    return payout.amount_mad, payout.deducted_mad


def test_the_run_that_pays_it_takes_nothing_of_it_back(oil):
    sell(oil, 5)
    lend(oil.partner, "200.00", instalments=1)

    pay_all()

    assert amounts() == (D("600.00"), D("0.00"))


def test_no_more_than_half_of_what_is_due_is_taken(oil):
    lend(oil.partner, "200.00", instalments=1)
    pay_all()
    sell(oil, 1)

    pay_all()

    assert amounts() == (D("40.00"), D("40.00"))
    assert stands(oil) == [D("160.00"), 0]


def test_a_statement_says_what_was_advanced_and_what_is_paid_back(oil):
    lend(oil.partner, "200.00", instalments=4)
    pay_all()
    given = queries.statement(Payout.objects.latest("pk"))
    sell(oil, 5)
    pay_all()
    taken = queries.statement(Payout.objects.latest("pk"))

    assert (given.advanced_mad, given.taken_back_mad, given.to_receive_mad) == (D("200.00"), 0, D("200.00"))
    assert (taken.sold_mad, taken.paid_back_mad, taken.to_receive_mad) == (D("400.00"), D("50.00"), D("350.00"))
    with translation.override("en"):
        assert [str(line.reason) for line in given.lines] == ["An advance, paid back by later payments"]


def test_a_payment_that_comes_back_takes_nothing_and_the_next_takes_it_again(oil):
    lend(oil.partner, "200.00", instalments=4)
    pay_all()
    sell(oil, 5)
    pay_all()
    payout = Payout.objects.latest("pk")
    send_back_from_bank(payout)
    back = stands(oil)
    broken_then = broken()
    approve_another_account(oil.partner)
    pay_all()

    assert back == [D("200.00"), D("-400.00")]
    assert broken_then == []
    assert amounts() == (D("350.00"), D("50.00"))
    assert stands(oil) == [D("150.00"), 0]
    assert broken() == []


def test_an_advance_that_came_back_is_taken_back_only_once_it_was_paid_again(oil):
    lend(oil.partner, "200.00", instalments=4)
    pay_all()
    send_back_from_bank(Payout.objects.latest("pk"))
    approve_another_account(oil.partner)

    pay_all()

    assert amounts() == (D("200.00"), D("0.00"))
    assert list(advances.paid_out()) == list(Advance.objects.all())


def test_a_draft_that_is_thrown_away_takes_nothing(oil):
    lend(oil.partner, "200.00", instalments=4)
    pay_all()
    sell(oil, 5)
    run = draft()
    planned = advances.running().get().left_mad
    operations.cancel(run_id=run.pk, by=clerk(), now=timezone.now())

    assert planned == D("150.00")
    assert advances.running().get().left_mad == D("200.00")
    assert broken() == []
    settle(send(draft()))
    assert amounts() == (D("350.00"), D("50.00"))


def test_what_a_run_deducts_is_in_what_is_approved(oil):
    lend(oil.partner, "200.00", instalments=4)
    pay_all()
    plain = list(runs.content(Payout.objects.latest("pk").run))
    sell(oil, 5)

    found = list(runs.content(draft()))

    assert [len(line.split("|")) for line in (plain[1], found[1])] == [8, 9]
    assert found[1].endswith("|-50.00")


def test_the_limit_follows_what_was_paid_lately_and_what_is_owed(oil):
    paid_at = Payout.objects.get().settled_at
    now = [paid_at, paid_at + policies.LOOKED_BACK]
    only_paid = [advances.standing(oil.partner_id, at).limit_mad for at in now]
    sell(oil, 5)

    assert only_paid == [D("240.00"), D("0.00")]
    assert [advances.standing(oil.partner_id, at).limit_mad for at in now] == [D("440.00"), D("200.00")]


def test_advances_do_not_raise_the_limit_and_use_it_up(oil):
    now = timezone.now()
    lend(oil.partner, "200.00")
    unpaid = advances.standing(oil.partner_id, now)
    pay_all()
    paid = advances.standing(oil.partner_id, now)

    assert [(one.limit_mad, one.outstanding_mad, one.left_mad) for one in (unpaid, paid)] == [
        (D("240.00"), D("200.00"), D("40.00"))
    ] * 2


@pytest.mark.parametrize(
    ("amount", "instalments", "refusal"),
    [
        ("240.01", 4, operations.OverLimit),
        ("0.00", 4, advancing.NotAnAdvance),
        ("-1.00", 4, advancing.NotAnAdvance),
        ("10.00", 0, advancing.NotAnAdvance),
        ("10.00", 13, advancing.NotAnAdvance),
    ],
)
def test_what_may_not_be_asked_for(oil, amount, instalments, refusal):
    with pytest.raises(refusal):
        ask(oil.partner, amount, instalments=instalments, now=later())

    assert not Advance.objects.exists()


def test_one_is_asked_for_at_a_time(oil):
    first = ask(oil.partner, "10.00", now=later())

    with pytest.raises(advancing.AskedAlready):
        ask(oil.partner, "10.00", now=later())

    operations.withdraw_advance(advance_id=first.pk, by=clerk(), now=later())
    ask(oil.partner, "10.00", now=later())
    assert list(Advance.objects.values_list("state", flat=True)) == ["WITHDRAWN", "ASKED"]


def test_who_asked_or_works_there_or_has_no_right_does_not_decide(oil):
    asker, member = make_staff("finance"), make_member(oil.partner)
    member.groups.set(asker.groups.all())
    asked = ask(oil.partner, "10.00", by=asker, now=later())

    for person, refusal in (
        (asker, advancing.OwnRequest),
        (member, advancing.OwnRequest),
        (clerk(), advancing.NoRight),
    ):
        with pytest.raises(refusal):
            operations.approve_advance(advance_id=asked.pk, by=person, now=later())
    asked.refresh_from_db()
    assert (asked.state, asked.entry) == ("ASKED", None)


def test_the_limit_is_asked_again_when_it_is_approved(oil):
    asked = ask(oil.partner, "240.00", now=later())
    long_after = later() + policies.LOOKED_BACK

    with pytest.raises(operations.OverLimit):
        operations.approve_advance(advance_id=asked.pk, by=head(), now=long_after)


def test_a_refusal_says_why_and_is_the_end(oil):
    asked = ask(oil.partner, "10.00", now=later())
    with pytest.raises(advancing.NoReason):
        operations.refuse_advance(advance_id=asked.pk, reason=" ", by=head(), now=later())

    operations.refuse_advance(advance_id=asked.pk, reason="Too much at once.", by=head(), now=later())

    for again in (operations.approve_advance, operations.withdraw_advance):
        with pytest.raises(advancing.NotAsked):
            again(advance_id=asked.pk, by=head(), now=later())
    assert stands(oil) == [0, 0]


BY_SQL = {
    "approved without an entry": "UPDATE payouts_advance SET state = 'APPROVED', decided_by_id = {other},"
    " decided_at = asked_at, limit_mad = amount_mad",
    "approved by its asker": "UPDATE payouts_advance SET state = 'APPROVED', decided_by_id = asked_by_id,"
    " decided_at = asked_at, limit_mad = amount_mad, entry_id = (SELECT min(id) FROM ledger_entry)",
    "approved with another entry": "UPDATE payouts_advance SET state = 'APPROVED', decided_by_id = {other},"
    " decided_at = asked_at, limit_mad = amount_mad, entry_id = (SELECT min(id) FROM ledger_entry)",
    "another amount": "UPDATE payouts_advance SET amount_mad = 200",
    "gone": "DELETE FROM payouts_advance",
    "taken back of one that is only asked for": "INSERT INTO payouts_advancerepayment (payout_id, advance_id,"
    " amount_mad) SELECT max(payouts_payout.id), max(payouts_advance.id), 1 FROM payouts_payout, payouts_advance",
    "a deduction that nothing says": "UPDATE payouts_payout SET deducted_mad = 1",
}


@pytest.mark.parametrize("what", BY_SQL)
def test_the_database_refuses(oil, what):
    ask(oil.partner, "10.00", now=later())
    sell(oil, 5)
    draft()

    with pytest.raises(DatabaseError):
        execute(BY_SQL[what].format(other=head().pk))


@transaction.atomic
def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_refused_advance_is_frozen(oil):
    asked = ask(oil.partner, "10.00", now=later())
    operations.refuse_advance(advance_id=asked.pk, reason="No.", by=head(), now=later())

    with pytest.raises(IntegrityError), transaction.atomic():
        Advance.objects.filter(pk=asked.pk).update(reason="Yes.")


def test_repayments_are_written_for_ever(oil):
    lend(oil.partner, "200.00", instalments=4)
    pay_all()
    sell(oil, 5)
    pay_all()

    for change in (lambda rows: rows.update(amount_mad=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(AdvanceRepayment.objects.all())


def test_an_invariant_finds_what_the_ledger_says_and_no_advance_does(oil):
    lend(oil.partner, "200.00")
    before = broken()

    legs = ledger_policies.advance(oil.partner_id, D("10.00"))
    ledger.post(NewEntry(Source.ADVANCE, "ADV-999999", legs, timezone.now()), now=timezone.now())

    assert before == []
    assert set(broken()) == {
        "ledger: each advance that was approved is booked, and nothing else is",
        "ledger: what a cooperative has in advances is what was approved less what payouts that stand took back",
    }
