"""What the bank's statements do: pay, return, or wait for a person; and which are not taken in at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from catalogue.banking.models import BankAccount
from catalogue.kernel.invariants import registered
from catalogue.kernel.periods import start_of
from catalogue.kernel.tables import TableRefused
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.queries import balance_of
from fulfilment.payouts import operations, queries
from fulfilment.payouts.files.statement import NotAStatement, NotOurs, Unbalanced
from fulfilment.payouts.models import BankFile, BankFileLine, Payout
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import approve, approver, deliver, draft, later, send, submitter
from tests.factories.statements import Moved, camt053, paid, returned, table

pytestmark = pytest.mark.django_db
D = Decimal
BOMB = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10))
    + "]>"
)


@pytest.fixture
def sent():
    """Two payouts under way, of 160.00 and 30.00 dirhams."""
    deliver((make_stockrecord(farm_gate="80.00"), 2), (make_stockrecord(farm_gate="30.00"), 1), method="card")
    return list(send(draft()).payouts.select_related("run").order_by("pk"))


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def take_in(content: bytes, name: str = "statement.xml") -> BankFile:
    return operations.take_in(name=name, content=content, by=submitter(), now=later())


def states() -> list[str]:
    return list(Payout.objects.order_by("pk").values_list("state", flat=True))


def outcomes(file: BankFile) -> list[tuple[str, str]]:
    return list(file.lines.values_list("outcome", "why"))


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith(("payouts", "ledger")) and list(check())]


@pytest.mark.parametrize("write", [camt053, table])
def test_lines_settle_the_payouts_they_name_and_others_are_left_alone(sent, write):
    first, second = sent

    file = take_in(write(paid(first), Moved(D("250.00"), "ORDER-1"), returned(second, reason="AC04")))

    assert outcomes(file) == [("SETTLED", ""), ("RETURNED", "")]
    assert (states(), file.others) == (["SETTLED", "RETURNED"], 1)
    assert broken() == []


@pytest.mark.parametrize("write", [camt053, table])
def test_a_line_without_a_reference_is_matched_by_amount_and_account(sent, write):
    file = take_in(write(paid(sent[0], end_to_end_id=""), Moved(D("-30.00"), account="MA64" + "9" * 24)))

    assert (outcomes(file), states(), file.others) == ([("SETTLED", "")], ["SETTLED", "EXPORTED"], 1)


def test_what_was_returned_is_owed_again_and_its_account_is_blocked(sent):
    payout = sent[0]

    take_in(camt053(paid(payout), returned(payout)))

    account = BankAccount.objects.get(pk=payout.account_id)
    assert states() == ["RETURNED", "EXPORTED"]
    assert queries.owed(payout.cooperative, later()).owed_mad == D("160.00")
    assert balance_of(AccountKey("bank")) == 0
    assert (account.state, account.reason) == ("BLOCKED", "AC04")
    assert draft(later()) is None
    assert broken() == []


def test_what_comes_back_days_after_it_was_paid_is_taken_back_whole(sent):
    take_in(camt053(paid(sent[0]), paid(sent[1])))

    take_in(camt053(returned(sent[0])))

    statement = queries.owed_statement(sent[0].cooperative, later())
    assert [str(line.reason) for line in statement.lines] == ["A payment that your bank returned"]
    assert statement.returned_mad == D("160.00")
    assert (states(), balance_of(AccountKey("bank"))) == (["RETURNED", "SETTLED"], D("-30.00"))
    assert broken() == []


def test_the_same_file_twice_is_told_and_changes_nothing(sent):
    content = camt053(paid(sent[0]))
    first = take_in(content)

    with pytest.raises(operations.KnownFile) as known:
        take_in(content, name="again.xml")

    assert (known.value.file, BankFile.objects.count(), BankFileLine.objects.count()) == (first, 1, 1)


def test_a_line_that_another_statement_told_before_has_no_second_effect(sent):
    line = paid(sent[0])
    take_in(camt053(line))

    file = take_in(camt053(line, paid(sent[1])))

    assert outcomes(file) == [("KNOWN", ""), ("SETTLED", "")]
    assert broken() == []


def test_what_came_back_with_another_amount_blocks_the_account_all_the_same(sent):
    file = take_in(camt053(returned(sent[0], amount=D("155.00"))))

    account = BankAccount.objects.get(pk=sent[0].account_id)
    assert (outcomes(file), account.state, account.reason) == ([("HELD", "OTHER_AMOUNT")], "BLOCKED", "AC04")
    assert states() == ["EXPORTED", "EXPORTED"]


def test_what_was_paid_with_another_amount_blocks_nothing(sent):
    take_in(camt053(paid(sent[0], amount=D("-159.00"))))

    assert not BankAccount.objects.filter(state="BLOCKED").exists()


def test_what_came_back_is_booked_on_the_day_of_the_bank(sent):
    day = sent[0].run.executes_on

    take_in(camt053(paid(sent[0], day=f"{day}"), returned(sent[0], day=f"{day + timedelta(days=2)}")))

    payout = Payout.objects.get(pk=sent[0].pk)
    back = Entry.objects.filter(reverses__external_id=payout.reference).values_list("occurred_at", flat=True)
    came_back_at = start_of(day + timedelta(days=2))
    assert (payout.returned_at, set(back)) == (came_back_at, {came_back_at})


def test_a_return_that_keeps_its_roles_is_matched_by_the_payee(sent):
    take_in(camt053(returned(sent[0], end_to_end_id="", keeps_roles=True)))

    assert states() == ["RETURNED", "EXPORTED"]


@pytest.mark.parametrize("name", ["", "RTN-2026-77"])
def test_a_return_that_fits_nothing_waits_for_a_person_and_its_account_is_blocked(sent, name):
    line = returned(sent[0], end_to_end_id=name, keeps_roles=True, amount=D("155.00"))

    file = take_in(camt053(line, Moved(D("40.00"), reason="AC04"), Moved(D("70.00"), "ORDER-7")))

    assert outcomes(file) == [("HELD", "UNKNOWN"), ("HELD", "UNKNOWN")]
    assert (file.others, states()) == (1, ["EXPORTED", "EXPORTED"])
    assert BankAccount.objects.get(pk=sent[0].account_id).state == "BLOCKED"


@pytest.fixture
def equals():
    """Two payouts under way of the same sum."""
    deliver((make_stockrecord(farm_gate="80.00"), 2), (make_stockrecord(farm_gate="80.00"), 2), method="card")
    return list(send(draft()).payouts.select_related("run").order_by("pk"))


@pytest.mark.parametrize("reference", ["", "BATCH-1"])
def test_two_equal_sums_of_a_day_are_told_apart_by_their_accounts(equals, reference):
    first, second = (paid(one, end_to_end_id="", reference=reference) for one in equals)
    take_in(camt053(first))

    file = take_in(camt053(second))

    assert (outcomes(file), states()) == ([("SETTLED", "")], ["SETTLED", "SETTLED"])


def test_two_equal_sums_in_one_statement_and_batch_are_both_paid(equals):
    take_in(camt053(*(paid(one, end_to_end_id="", reference="BATCH-1") for one in equals)))

    assert states() == ["SETTLED", "SETTLED"]


@pytest.mark.parametrize("in_one", [True, False])
def test_a_second_line_that_nothing_names_and_that_is_like_the_first_waits_for_a_person(sent, in_one):
    line = paid(sent[0], end_to_end_id="", reference="")
    if not in_one:
        take_in(camt053(line))

    file = take_in(camt053(line, line) if in_one else camt053(line, opening="7.00"))

    assert outcomes(file)[-1] == ("HELD", "TWICE")


HELD = {
    "a payout that does not exist": (lambda one: Moved(-D("9.00"), "PAY-20200101-W1-0001"), "UNKNOWN"),
    "another amount went out": (lambda one: paid(one, amount=D("-159.00")), "OTHER_AMOUNT"),
    "another amount came back": (lambda one: returned(one, amount=D("155.00")), "OTHER_AMOUNT"),
}


@pytest.mark.parametrize("what", HELD)
def test_what_does_not_fit_waits_for_a_person_and_moves_nothing(sent, what):
    make, why = HELD[what]

    file = take_in(camt053(make(sent[0])))

    assert (outcomes(file), states()) == ([("HELD", why)], ["EXPORTED", "EXPORTED"])
    line = operations.close_line(line_id=file.lines.get().pk, why="asked the bank", by=approver(), now=timezone.now())
    assert (line.closed_why, line.closed_by) == ("asked the bank", approver())
    with pytest.raises(operations.AlreadyClosed):
        operations.close_line(line_id=line.pk, why="again", by=approver(), now=timezone.now())


def test_a_payout_that_the_bank_paid_twice_waits_for_a_person(sent):
    file = take_in(camt053(paid(sent[0]), paid(sent[0])))

    assert outcomes(file) == [("SETTLED", ""), ("HELD", "TWICE")]


def test_a_payout_that_was_not_sent_waits_for_a_person():
    deliver((make_stockrecord(), 1), method="card")
    payout = approve(draft()).payouts.get()

    file = take_in(camt053(paid(payout)))

    assert (outcomes(file), states()) == ([("HELD", "NOT_SENT")], ["APPROVED"])


def test_a_payout_that_came_back_before_waits_for_a_person(sent):
    take_in(camt053(returned(sent[0])))

    assert outcomes(take_in(camt053(returned(sent[0])))) == [("HELD", "RETURNED")]


REFUSED = {
    "another account": (lambda one: camt053(paid(one), iban="MA64011519000001205000534921"), NotOurs),
    "unbalanced": (lambda one: camt053(paid(one), closing="100000.00"), Unbalanced),
    "entities": (lambda one: camt053(paid(one), more=BOMB), NotAStatement),
    "a file from outside": (
        lambda one: camt053(paid(one, reason="&x;"), more='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        NotAStatement,
    ),
    "cut off": (lambda one: camt053(paid(one))[:-40], NotAStatement),
    "no statement": (lambda one: b"<Document/>", NotAStatement),
    "no number": (lambda one: camt053(paid(one)).replace(b">160.00<", b">NaN<"), NotAStatement),
    "endless": (lambda one: camt053(paid(one)).replace(b">160.00<", b">Infinity<"), NotAStatement),
    "no day": (lambda one: camt053(paid(one)).replace(b"2026-11-20", b"2026-13-45"), NotAStatement),
    "no balance": (lambda one: camt053(paid(one)).replace(b"OPBD", b"ITBD"), NotAStatement),
    "huge": (lambda one: camt053(paid(one)) + b" " * 11_000_000, NotAStatement),
    "nothing": (lambda one: b"", TableRefused),
    "table of another account": (lambda one: table(paid(one), iban="MA64011519000001205000534921"), NotOurs),
    "table that does not add up": (lambda one: table(paid(one), paid(one)).replace(b"99840", b"99841"), Unbalanced),
    "table with both sides": (lambda one: table(paid(one)).replace(b";160.00;;", b";160.00;160.00;"), TableRefused),
    "table without days": (lambda one: table(paid(one)).replace(b"2026-11-20", b"tomorrow"), TableRefused),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_file_is_refused_with_the_reason_and_nothing_of_it_is_kept(sent, what):
    make, error = REFUSED[what]

    with pytest.raises(error) as refused:
        take_in(make(sent[0]))

    assert str(refused.value)
    assert (BankFile.objects.count(), states()) == (0, ["EXPORTED", "EXPORTED"])


def test_a_table_with_a_bad_first_row_names_the_row_and_not_its_sums(sent):
    content = table(paid(sent[0]), paid(sent[1])).replace(b"2026-11-20", b"tomorrow", 1)

    with pytest.raises(TableRefused) as refused:
        take_in(content)

    assert [problem.row for problem in refused.value.problems] == [2]


def test_a_file_that_fails_in_the_middle_leaves_nothing(sent, monkeypatch):
    monkeypatch.setattr("fulfilment.payouts.accounts.block", fail)

    with pytest.raises(KeyboardInterrupt):
        take_in(camt053(paid(sent[0]), returned(sent[1])))

    assert (BankFile.objects.count(), states()) == (0, ["EXPORTED", "EXPORTED"])


def fail(*args, **kwargs):
    raise KeyboardInterrupt


@pytest.mark.parametrize("payouts", [1, 3])
def test_a_statement_asks_the_same_however_many_it_settles(payouts, django_assert_max_num_queries):
    deliver(*((make_stockrecord(), 1) for _ in range(payouts)), method="card")
    run = send(draft())
    content = camt053(*map(paid, run.payouts.all()))

    with django_assert_max_num_queries(34):
        take_in(content)
