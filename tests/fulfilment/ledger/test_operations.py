from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.events import OutsideTransaction
from fulfilment.ledger import chart, operations, policies, queries
from fulfilment.ledger.models import Account, Entry, Line
from fulfilment.ledger.policies import AccountKey, NewEntry, Source, credit, debit
from tests.factories.catalogue import make_cooperative

pytestmark = pytest.mark.django_db
BANK, VAT = AccountKey("bank"), AccountKey("tax.vat")


def fee(external_id: str = "1", amount: str = "7.10", currency: str = "MAD", **fields) -> NewEntry:
    values = {
        "source": Source.FEE,
        "external_id": external_id,
        "legs": policies.provider_fee(Decimal(amount), currency, Decimal(1) if currency == "MAD" else Decimal("10.80")),
        "occurred_at": timezone.now(),
    }
    return NewEntry(**values | fields)


def post(entry: NewEntry) -> Entry:
    return operations.post(entry, now=timezone.now())


def test_post_writes_the_entry_and_its_lines_in_minor_units():
    cooperative = make_cooperative()
    legs = policies.delivered([policies.Earned(12, cooperative.pk, Decimal("160.00"))])

    entry = post(NewEntry(Source.DELIVERY, "X-1", legs, timezone.now(), memo="delivered", order_number="X"))

    assert (entry.source, entry.external_id, entry.order_number, entry.legs) == ("delivery", "X-1", "X", 2)
    lines = Line.objects.values_list("account__code", "account__cooperative", "currency", "amount_minor", "order_line")
    assert sorted(lines) == [
        ("cooperatives.accrued", cooperative.pk, "MAD", 160_00, 12),
        ("cooperatives.payable", cooperative.pk, "MAD", -160_00, 12),
    ]


def test_post_opens_accounts_of_the_chart_once():
    post(fee("1", currency="EUR"))
    post(fee("2", currency="EUR"))

    accounts = Account.objects.order_by("code", "currency").values_list("code", "currency", "kind", "name")
    assert list(accounts) == [
        ("clearing.card", "EUR", "asset", "Card provider"),
        ("expense.provider_fees", "MAD", "expense", "Fees of the card provider"),
        ("trading.eur", "EUR", "trading", "Conversion of euros"),
        ("trading.eur", "MAD", "trading", "Conversion of euros"),
    ]


def test_post_of_the_same_event_again_gives_the_entry_that_stands():
    first = post(fee())

    again = post(fee(occurred_at=timezone.now() + timedelta(days=1), memo="told once more"))

    assert (again.pk, Entry.objects.count(), Line.objects.count()) == (first.pk, 1, 2)


@pytest.mark.parametrize("other", [{"amount": "7.11"}, {"currency": "EUR"}, {"order_number": "X"}])
def test_post_of_the_same_event_that_says_something_else_is_refused(other):
    post(fee())

    with pytest.raises(operations.EntryDiffers, match="fee:1 stands and says something else"):
        post(fee(**other))


def test_the_same_id_from_another_source_is_another_event():
    post(fee("1"))

    post(NewEntry(Source.REMITTANCE, "1", policies.cash_remitted(Decimal("240.00")), timezone.now()))

    assert Entry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_post_outside_the_transaction_that_moves_the_money_is_refused():
    with pytest.raises(OutsideTransaction):
        post(fee())


@pytest.mark.django_db(transaction=True)
def test_what_is_undone_leaves_no_entry_and_no_account():
    with transaction.atomic():
        post(fee())
        transaction.set_rollback(True)

    assert (Entry.objects.count(), Account.objects.count()) == (0, 0)


def test_post_refuses_what_does_not_balance_before_asking_the_database():
    legs = (debit("bank", Decimal("1.00")), credit("tax.vat", Decimal("0.99")))

    with (
        pytest.raises(policies.Unbalanced, match=r"fee:1 does not balance: {'MAD': 1}"),
        CaptureQueriesContext(connection) as asked,
    ):
        post(fee(legs=legs))

    assert len(asked) == 0


def test_post_refuses_an_account_that_the_chart_does_not_know():
    legs = (debit("cash.box", Decimal("1.00")), credit("tax.vat", Decimal("1.00")))

    with pytest.raises(chart.NotInChart, match=r"no account cash.box in MAD"):
        post(fee(legs=legs))


def test_post_asks_the_same_number_of_queries_for_any_number_of_legs():
    post(fee("1", legs=many(3)))

    assert [asked(fee("2", legs=many(3))), asked(fee("3", legs=many(30)))] == [5, 5]


def many(count: int) -> tuple[policies.Leg, ...]:
    taxes = (credit("tax.vat", Decimal("1.00"), order_line=number) for number in range(1, count + 1))
    return (debit("bank", Decimal(count)), *taxes)


def asked(entry: NewEntry) -> int:
    with CaptureQueriesContext(connection) as queries_asked:
        post(entry)
    return len(queries_asked)


def test_post_many_writes_what_post_would():
    entries = [fee(str(number), amount=f"{number}.50", currency=("MAD", "EUR")[number % 2]) for number in range(1, 6)]

    assert operations.post_many(entries, now=timezone.now()) == 5

    assert list(queries.not_as_expected(entries)) == []
    assert [queries.same_legs(queries.legs_of(post(entry)), entry.legs) for entry in entries] == [True] * 5


def test_not_as_expected_names_what_is_missing_or_different():
    post(fee("1"))
    post(fee("2"))

    found = queries.not_as_expected([fee("1"), fee("2", amount="7.11"), fee("3")])

    assert list(found) == ["fee:2: another entry", "fee:3: no entry"]


def test_reverse_writes_the_exact_opposite_once():
    entry = post(fee(currency="EUR", order_number="X"))

    back = operations.reverse(entry_id=entry.pk, reason="booked by mistake", now=timezone.now())
    again = operations.reverse(entry_id=entry.pk, reason="booked by mistake", now=timezone.now())

    assert queries.same_legs(policies.opposite(queries.legs_of(entry)), queries.legs_of(back))
    assert (back.reverses, back.memo, back.order_number) == (entry, "booked by mistake", "X")
    assert (again.pk, Entry.objects.count()) == (back.pk, 2)


def test_a_reversal_is_not_reversed():
    back = operations.reverse(entry_id=post(fee()).pk, reason="mistake", now=timezone.now())

    with pytest.raises(operations.ReversalReversed):
        operations.reverse(entry_id=back.pk, reason="mistake", now=timezone.now())


def test_balances_are_sums_of_lines():
    cooperative = make_cooperative()
    post(NewEntry(Source.PAYOUT, "1", policies.payout(cooperative.pk, Decimal("160.00")), timezone.now()))
    post(NewEntry(Source.REMITTANCE, "1", policies.cash_remitted(Decimal("240.00")), timezone.now()))

    post(NewEntry(Source.PAYOUT_SETTLED, "1", policies.payout_settled(Decimal("160.00")), timezone.now()))

    assert queries.balance_of(BANK) == Decimal("80.00")
    assert queries.balance_of(VAT) == Decimal("0.00")
    assert queries.balances_by_cooperative("cooperatives.payable") == {cooperative.pk: Decimal("160.00")}


MIDNIGHT = datetime(2026, 11, 11, tzinfo=UTC)


@pytest.fixture
def two_days():
    post(fee("1", amount="7.10", currency="EUR", occurred_at=MIDNIGHT - timedelta(seconds=1)))
    post(fee("2", amount="2.00", occurred_at=MIDNIGHT))


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("trial_balance", *arguments, stdout=out)
    return out.getvalue()


def test_trial_balance_lists_each_account_and_adds_up(two_days):
    found = {balance.currency: balance for balance in queries.trial_balance()}

    assert [found[currency].is_even for currency in ("EUR", "MAD")] == [True, True]
    assert (found["EUR"].debit, found["EUR"].credit) == (Decimal("7.10"), Decimal("7.10"))
    assert {str(balance.account): balance.amount for balance in found["MAD"].balances} == {
        "clearing.card MAD": Decimal("-2.00"),
        "expense.provider_fees MAD": Decimal("78.68"),
        "trading.eur MAD": Decimal("-76.68"),
    }


def test_the_trial_balance_of_a_day_ends_with_that_day_in_casablanca(two_days):
    assert "clearing.card" in printed("--at", "2026-11-11").split("MAD\n")[1]

    before = printed("--at", "2026-11-10").splitlines()

    assert [line.split()[0] for line in before] == [
        *("EUR", "clearing.card", "trading.eur", "total"),
        *("MAD", "expense.provider_fees", "trading.eur", "total"),
    ]
    assert before[-1].split()[1:] == ["MAD", "76.68", "MAD", "76.68"]


def test_the_trial_balance_of_an_empty_ledger_says_so():
    assert printed() == "The ledger is empty.\n"


@pytest.mark.parametrize("written", ["yesterday", "2026-13-01", "9999-12-31", ""])
def test_the_trial_balance_of_no_day_is_refused(written):
    with pytest.raises(CommandError, match=r"is no day|the calendar ends"):
        call_command("trial_balance", f"--at={written}")
