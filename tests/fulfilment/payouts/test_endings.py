"""Transfers that no line of the bank ended: one person says what became of them, another agrees."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone, translation

from catalogue.banking.models import BankAccount
from catalogue.kernel.invariants import registered
from catalogue.kernel.periods import start_of
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.queries import balance_of
from fulfilment.payouts import operations, queries
from fulfilment.payouts.models import BankFileLine, Ending, Payout, PayoutRun
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft, later, send, submitter
from tests.factories.people import make_staff
from tests.factories.statements import Moved, camt053, paid, returned

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def sent():
    """Two payouts under way, of 160.00 and 30.00 dirhams."""
    deliver((make_stockrecord(farm_gate="80.00"), 2), (make_stockrecord(farm_gate="30.00"), 1), method="card")
    return list(send(draft()).payouts.select_related("run").order_by("pk"))


@pytest.fixture
def other():
    return make_staff("finance")


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def not_carried_out(payout=None, *, run=None, **said):
    said = {"reason": "The name is not the account's", "paper": "pain.002 RJCT 77"} | said
    run_id, payout_id = (payout.run_id, payout.pk) if payout else (run.pk, None)
    return operations.ask_not_carried_out(run_id=run_id, payout_id=payout_id, by=submitter(), now=later(), **said)


def held(*lines: Moved) -> BankFileLine:
    operations.take_in(name="statement.xml", content=camt053(*lines), by=submitter(), now=later())
    return BankFileLine.objects.get(outcome="HELD")


def by_line(line, payout, **said):
    return operations.ask_by_line(line_id=line.pk, payout_id=payout.pk, by=submitter(), now=later(), **said)


def agree(ending, by):
    return operations.agree(ending_id=ending.pk, by=by, now=later())


def states() -> list[str]:
    return list(Payout.objects.order_by("pk").values_list("state", flat=True))


def balance(code: str) -> Decimal:
    return balance_of(AccountKey(code))


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith(("payouts", "ledger")) and list(check())]


def test_a_transfer_that_was_not_carried_out_is_owed_again_once_another_agrees(sent, other):
    ending = not_carried_out(sent[0], blocks=True)
    before = states()

    agree(ending, other)

    assert (before, states()) == (["EXPORTED", "EXPORTED"], ["RETURNED", "EXPORTED"])
    assert (balance("bank"), balance("clearing.payouts")) == (0, D("-30.00"))
    assert queries.owed(sent[0].cooperative, later()).owed_mad == D("160.00")
    payout = Payout.objects.get(pk=sent[0].pk)
    assert payout.return_reason == "The name is not the account's (pain.002 RJCT 77)"
    assert BankAccount.objects.get(pk=payout.account_id).state == "BLOCKED"
    assert broken() == []


def test_a_file_that_the_bank_refused_gives_all_of_it_back_and_ends_the_run_and_blocks_nobody(sent, other):
    ending = not_carried_out(run=sent[0].run, reason="The day is over")

    agree(ending, other)

    assert (states(), PayoutRun.objects.get().state) == (["RETURNED", "RETURNED"], "CLOSED")
    assert (balance("bank"), balance("clearing.payouts")) == (0, 0)
    assert not BankAccount.objects.filter(state="BLOCKED").exists()
    assert broken() == []


def test_a_payout_is_asked_about_once_and_what_has_ended_not_at_all(sent):
    operations.take_in(name="a.xml", content=camt053(paid(sent[1])), by=submitter(), now=later())
    ending = not_carried_out(run=sent[0].run)

    for payout in sent:
        with pytest.raises(operations.EndingRefused):
            not_carried_out(payout)

    assert list(ending.payouts.all()) == [sent[0]]


@pytest.mark.parametrize("said", [{"reason": " "}, {"paper": ""}])
def test_without_a_reason_or_a_paper_of_the_bank_nothing_is_asked(sent, said):
    with pytest.raises(operations.EndingRefused):
        not_carried_out(sent[0], **said)

    assert not Ending.objects.exists()


def test_nobody_agrees_to_their_own_word_nor_without_the_right(sent):
    salma = make_staff("finance")
    ending = operations.ask_not_carried_out(
        run_id=sent[0].run_id, reason="expired", paper="letter", by=salma, now=later()
    )

    for person in (salma, make_staff("support")):
        with pytest.raises(operations.EndingRefused):
            agree(ending, person)

    assert states() == ["EXPORTED", "EXPORTED"]


def test_the_database_holds_that_two_people_did_it(sent):
    ending = not_carried_out(sent[0])
    answered = {"state": "AGREED", "answered_by": submitter(), "answered_at": later()}
    wrong = (answered, answered | {"answered_by": make_staff("finance")}, {"reason": "another"})  # not done; edited

    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Ending.objects.filter(pk=ending.pk).update(**values)
    for change in (lambda: ending.rows.update(payout=sent[1]), ending.rows.all().delete):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()

    assert (states(), Ending.objects.get().state) == (["EXPORTED", "EXPORTED"], "ASKED")


def test_what_is_refused_or_withdrawn_moves_nothing_and_may_be_asked_again(sent, other):
    first, second = not_carried_out(sent[0]), not_carried_out(sent[1])
    operations.refuse_ending(ending_id=first.pk, answer="The bank says it went", by=other, now=later())
    operations.withdraw_ending(ending_id=second.pk, by=submitter(), now=later())

    for ending in (first, second):
        with pytest.raises(operations.EndingRefused):
            agree(ending, other)

    assert states() == ["EXPORTED", "EXPORTED"]
    agree(not_carried_out(sent[0]), other)
    assert states() == ["RETURNED", "EXPORTED"]


def test_a_transfer_that_the_bank_paid_meanwhile_is_not_given_back(sent, other):
    ending = not_carried_out(run=sent[0].run)
    operations.take_in(name="a.xml", content=camt053(paid(sent[1])), by=submitter(), now=later())

    with pytest.raises(operations.NotUnderWay):
        agree(ending, other)

    assert states() == ["EXPORTED", "SETTLED"]
    assert (ending.__class__.objects.get().state, broken()) == ("ASKED", [])


def test_a_fee_within_the_debit_settles_the_payout_and_is_an_expense(sent, other):
    line = held(paid(sent[0], amount=D("-171.00")))

    agree(by_line(line, sent[0]), other)

    line.refresh_from_db()
    payout = Payout.objects.get(pk=sent[0].pk)
    assert states() == ["SETTLED", "EXPORTED"]
    assert (balance("bank"), balance("expense.bank_charges")) == (D("-171.00"), D("11.00"))
    assert (line.closed_by, line.closed_why) == (other, f"It is of {payout.reference}.")
    assert payout.proof == f"2026-11-20 {line.reference}"
    assert Entry.objects.get(source="bank_charge").occurred_at == start_of(line.booked_on)
    assert broken() == []


@pytest.mark.parametrize("was_paid", [True, False])
def test_a_return_less_a_fee_brings_the_whole_payout_back(sent, other, was_paid):
    if was_paid:
        operations.take_in(name="a.xml", content=camt053(paid(sent[0])), by=submitter(), now=later())
    line = held(returned(sent[0], amount=D("149.50")))

    agree(by_line(line, sent[0]), other)

    assert (states()[0], balance("bank"), balance("expense.bank_charges")) == ("RETURNED", D("-10.50"), D("10.50"))
    assert queries.owed(sent[0].cooperative, later()).owed_mad == D("160.00")
    assert broken() == []


def test_of_several_that_fit_a_person_says_which(other):
    record = make_stockrecord(farm_gate="80.00", in_stock=40)
    for _ in range(2):
        deliver((record, 2), method="card")
        send(draft())
    _first, second = Payout.objects.order_by("pk")
    line = held(paid(second, end_to_end_id=""))

    agree(by_line(line, second), other)

    assert (line.why, states(), balance("bank")) == ("SEVERAL", ["EXPORTED", "SETTLED"], D("-160.00"))
    assert broken() == []


WRONG = {
    "less left": lambda one: paid(one, amount=D("-150.00")),
    "far more left": lambda one: paid(one, amount=D("-1600.00")),
    "more came back": lambda one: returned(one, amount=D("161.00")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_difference_that_makes_no_sense_is_refused_with_the_reason(sent, what):
    line = held(WRONG[what](sent[0]))

    with pytest.raises(operations.EndingRefused) as refused:
        by_line(line, sent[0])

    assert str(refused.value).endswith(".")
    assert not Ending.objects.exists()


def test_a_line_of_a_payout_that_came_back_before_is_not_of_it_again(sent):
    operations.take_in(name="a.xml", content=camt053(returned(sent[0])), by=submitter(), now=later())
    line = held(returned(sent[0]))

    with pytest.raises(operations.NotUnderWay):
        by_line(line, sent[0])


def test_a_line_is_said_to_be_of_one_payout_at_a_time_and_closed_ones_of_none(sent, other):
    line = held(paid(sent[0], amount=D("-171.00")))
    ending = by_line(line, sent[0])

    with pytest.raises(operations.EndingRefused):
        by_line(line, sent[0])

    operations.close_line(line_id=line.pk, why="written twice", by=other, now=timezone.now())
    with pytest.raises(operations.AlreadyClosed):
        agree(ending, other)
    assert (states(), broken()) == (["EXPORTED", "EXPORTED"], [])
