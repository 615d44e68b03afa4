"""Cash remitted by a courier's file: matched line by line, booked as it really came, the rest someone's."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from catalogue.kernel.tables import TableRefused
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.policies.accounts import BANK, COURIER_CASH, COURIER_FEES
from fulfilment.payments import operations, queries, signals
from fulfilment.payments.models import (
    CashCollected,
    CashRemittance,
    MissingCash,
    RemittanceContent,
    RemittanceFile,
    RemittanceLine,
)
from fulfilment.payments.operations import remitting
from fulfilment.payments.remitting import queries as remittances
from fulfilment.shipping.models import Courier
from tests.factories.orders import place_order, stock
from tests.factories.parcels import move_to
from tests.factories.people import make_staff
from tests.factories.remittances import collect, confirm, sheet, take_in
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def rows(run_jobs):
    return collect(run_jobs)


@pytest.fixture
def own(rows):
    return rows[0].courier


@pytest.fixture
def heard():
    found = []

    def hear(order_ids, **kwargs):
        found.extend(order_ids)

    signals.cash_remitted.connect(hear)
    yield found
    signals.cash_remitted.disconnect(hear)


def standing(file):
    lines = RemittanceLine.objects.filter(file=file).order_by("number")
    return [(line.number, line.state, line.difference) for line in lines]


def balances():
    return [ledger.balance_of(AccountKey(code)) for code in (BANK, COURIER_FEES, COURIER_CASH)]


def test_a_file_that_says_what_was_collected_pays_for_it_all_once_confirmed(rows, own, heard):
    file = take_in(own, sheet(*((row.parcel.lower(), "155,00 DH".replace(",", ".")) for row in rows)), "465")
    assert (file.state, balances(), heard) == ("READY", [0, 0, 465], [])

    confirm(file)

    assert [state for _row, state, _difference in standing(file)] == ["MATCHED"] * 3
    assert (file.state, file.remittance.amount, queries.owed_by(own.pk)) == ("BOOKED", 465, 0)
    assert (balances(), len(heard), remittances.open_lines().count()) == ([465, 0, 0], 3, 0)
    assert broken() == []


def test_each_line_that_differs_is_kept_with_owner_and_age_and_only_what_came_is_booked(rows, own, run_jobs):
    other = Courier.objects.create(name="Other", kind="partner")
    under_way = place_order((stock("120.00"), 1))
    run_jobs()
    parcel = under_way.consignments.get()
    finance = make_staff("finance")
    file = take_in(
        own,
        sheet((rows[0].parcel, 155), (rows[1].parcel, 150), ("NOBODYS-1", 20), (parcel.reference, 30)),
        "350",
    )

    confirm(file, by=finance)

    assert standing(file) == [
        (0, "SUM", -5),
        (2, "MATCHED", 0),
        (3, "DIFFERENCE", -5),
        (4, "UNKNOWN", 20),
        (5, "NOT_COLLECTED", 30),
    ]
    assert {(line.owner, line.since) for line in remittances.open_lines()} == {(finance, file.booked_at)}
    assert (queries.owed_by(own.pk), balances()) == (115, [350, 0, 115])
    paid = CashCollected.objects.filter(remittance=file.remittance)
    assert list(paid) == [rows[0]]
    strange = take_in(other, sheet((rows[2].parcel, 155), (rows[0].parcel, 0)), "155", reference="V2")
    assert [state for _row, state, _difference in standing(strange)] == ["NOT_THEIRS", "NOT_THEIRS"]
    assert broken() == []


def test_the_rest_of_a_parcel_may_come_with_the_next_file(rows, own):
    confirm(take_in(own, sheet((rows[0].parcel, 100)), "100"))
    assert CashCollected.objects.filter(remittance=None).count() == 3

    rest = confirm(take_in(own, sheet((rows[0].parcel, 55)), "55", reference="V2"))
    again = take_in(own, sheet((rows[0].parcel, 155)), "155", reference="V3")

    assert [state for _row, state, _difference in standing(rest)] == ["MATCHED"]
    assert [row.parcel for row in CashCollected.objects.filter(remittance=rest.remittance)] == [rows[0].parcel]
    assert standing(again) == [(2, "TWICE", 155)]
    assert broken() == []


def test_fees_that_the_courier_kept_are_an_expense_and_the_parcels_are_paid_whole(rows, own, heard):
    lines = [(row.parcel, 155, fee) for row, fee in zip(rows, ("7", "7.50", "0"), strict=True)]

    confirm(take_in(own, sheet(*lines, heads="Colis,Montant,Frais"), "450.50"))

    assert (balances(), queries.owed_by(own.pk), len(heard)) == ([Decimal("450.50"), Decimal("14.50"), 0], 0, 3)
    assert broken() == []


def test_a_surplus_stands_on_account_even_where_nothing_is_owed_any_more(rows, own):
    confirm(take_in(own, sheet(*((row.parcel, 155) for row in rows), ("NOBODYS-1", 70)), "535"))

    assert (queries.owed_by(own.pk), remittances.on_account_of(own.pk)) == (-70, 70)
    assert broken() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("parcel,amount\n{0},155\n{0},155\n", "Row 3: Parcel: “{0}” is in row 2 already."),
        ("parcel,amount\n{0},155\n {1} ,155\n{2},1\n", "Row 3: This parcel is in row 2 already."),
        ("parcel,amount,currency\n{0},155,EUR\n", "Row 2: The currency is EUR, and cash is taken in dirhams."),
        ("parcel,amount\n{0},155 €\n", "Row 2: Amount: This amount is in MAD: write it so, without “€”."),
        ("parcel,amount\n{0},-155\n", "Row 2: -155 is below zero, or too much for one parcel."),
        ("parcel,amount\n{0},1000000000\n", "Row 2: 1000000000 is below zero, or too much for one parcel."),
        ('parcel,amount\n"{0},155\n', "Row 2: A quotation mark opens in this row and never closes."),
        ("parcel,amount\n=HYPERLINK(1),155\n", "Row 2: Parcel: begins with “=”, like a formula."),
        ("parcel,amount,iban\n{0},155,x\n", "Row 1: The column “iban” is not one of those we know."),
        (
            "parcel,amount,fee\n{0},155,1\n",
            "The fees in the file come to 1.00, and 5.00 was typed.",
        ),
    ],
)
def test_a_file_with_one_bad_row_is_refused_with_the_reason_and_nothing_is_kept(rows, own, content, said):
    parcel = rows[0].parcel
    names = (parcel, parcel.lower(), rows[1].parcel)

    with pytest.raises(TableRefused) as refused:
        take_in(own, content.format(*names).encode(), "155", fees=Decimal("5.00"))

    assert refused.value.sentences[0].startswith(said.format(*names))
    assert (RemittanceFile.objects.count(), RemittanceLine.objects.count()) == (0, 0)


def test_a_file_and_a_receipt_are_taken_in_once(rows, own):
    content = sheet((rows[0].parcel, 155))
    file = confirm(take_in(own, content, "155"))

    with pytest.raises(operations.KnownFile) as known:
        take_in(own, content, "155", reference="V2")
    with pytest.raises(operations.ReceiptUsed):
        take_in(own, sheet((rows[1].parcel, 155)), "155")
    with pytest.raises(operations.NothingReceived):
        take_in(own, sheet((rows[1].parcel, 155)), "0", reference="V3")
    with pytest.raises(operations.NotReady):
        confirm(file)

    assert (known.value.file, CashRemittance.objects.count()) == (file, 1)


def test_what_changed_since_the_person_looked_is_not_booked_unseen(rows, own):
    file = take_in(own, sheet((rows[0].parcel, 155)), "155")
    seen = operations.fingerprint(file)
    operations.remit_cash(
        courier_id=own.pk,
        collections=[rows[0].pk],
        amount=Decimal(155),
        received_on=timezone.now().date(),
        reference="hand",
        now=timezone.now(),
    )

    with pytest.raises(operations.MatchedOtherwise):
        confirm(file, seen=seen)

    assert (CashRemittance.objects.count(), standing(file)) == (1, [(2, "MATCHED", 0)])
    operations.match_file(file_id=file.pk)
    assert standing(file) == [(2, "TWICE", 155)]


def test_a_file_that_is_not_booked_may_be_dropped_and_sent_again(rows, own):
    content = sheet((rows[0].parcel, 155))
    operations.drop_file(file_id=take_in(own, content, "155").pk)

    file = confirm(take_in(own, content, "155"))

    with pytest.raises(operations.NotReady):
        operations.drop_file(file_id=file.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.lines.update(amount=1),
        lambda file: file.lines.update(difference=1),
        lambda file: file.lines.all().delete(),
        lambda file: file.lines.create(number=9, parcel="X", amount=1),
        lambda file: RemittanceFile.objects.update(received=1),
        lambda file: RemittanceFile.objects.update(state="READY", remittance=None, booked_at=None),
        lambda file: CashRemittance.objects.update(fees=1),
    ],
)
def test_what_was_booked_never_changes(rows, own, change):
    file = confirm(take_in(own, sheet((rows[0].parcel, 150)), "150"))

    with pytest.raises(DatabaseError), transaction.atomic():
        change(file)


def test_a_difference_goes_to_a_colleague_and_is_closed_once_with_how_and_why(rows, own):
    finance, colleague, support = make_staff("finance"), make_staff("finance"), make_staff("support")
    confirm(take_in(own, sheet((rows[0].parcel, 150)), "150"), by=finance)
    line = remittances.open_lines().get()
    case = {"model": RemittanceLine, "case_id": line.pk}
    closing = case | {"how": "AGREED", "by": colleague, "now": timezone.now()}

    with pytest.raises(operations.NotOurs):
        operations.hand_case(**case, to=support)
    operations.hand_case(**case, to=colleague)
    with pytest.raises(operations.NoReason):
        operations.close_case(**closing, reason="  ")
    closed = operations.close_case(**closing, reason="comes on Monday")
    with pytest.raises(operations.CaseClosed):
        operations.close_case(**closing, reason="again")

    assert (closed.owner, closed.closed_by, closed.reason) == (colleague, colleague, "comes on Monday")
    assert (remittances.open_lines().count(), queries.owed_by(own.pk)) == (0, 315)
    with pytest.raises(DatabaseError), transaction.atomic():
        RemittanceLine.objects.update(reason="other")


def test_a_surplus_pays_for_the_parcel_it_was_for_and_is_not_spent_twice(rows, own, heard):
    finance = make_staff("finance")
    confirm(take_in(own, sheet(("WRONG-1", 155), ("WRONG-2", 100)), "255"))
    first, second = remittances.open_lines()
    place = {"reason": "misprinted", "by": finance, "now": timezone.now()}

    with pytest.raises(operations.NoSuchCollection):
        operations.place_surplus(line_id=first.pk, parcel="NONE-1", **place)
    operations.place_surplus(line_id=first.pk, parcel=rows[2].parcel.lower(), **place)
    with pytest.raises(operations.TooLittleOnAccount):
        operations.place_surplus(line_id=second.pk, parcel=rows[1].parcel, **place)

    first.refresh_from_db()
    rows[2].refresh_from_db()
    assert (first.how, first.placed, rows[2].remittance) == ("PLACED", rows[2], first.file.remittance)
    assert heard == [rows[2].attempt.order_id]
    assert broken() == []


def test_what_no_file_named_within_the_agreed_days_is_someones(rows, own, clock):
    finance = make_staff("finance")
    confirm(take_in(own, sheet((rows[0].parcel, 155), (rows[1].parcel, 150)), "305"), by=finance)
    operations.agree_days(courier_id=own.pk, days=3)
    counts = []
    for _ in range(3):
        counts.append(operations.note_missing(now=timezone.now()))
        clock.shift(timedelta(days=2))

    case = remittances.open_missing().get()

    assert counts == [0, 0, 1]
    assert (case.collection, case.owner, case.since) == (rows[2], finance, rows[2].collected_at + timedelta(days=3))
    assert operations.note_missing(now=timezone.now()) == 0
    confirm(take_in(own, sheet((rows[2].parcel, 155)), "155", reference="V2"))
    assert (remittances.open_missing().count(), MissingCash.objects.count()) == (0, 1)


@pytest.fixture
def small(monkeypatch):
    """Leave everything to workers."""
    monkeypatch.setattr(remitting, "AT_ONCE_BYTES", 10)
    monkeypatch.setattr(remitting, "AT_ONCE_ROWS", 1)


def test_a_large_file_is_read_and_booked_by_workers(rows, own, small, run_jobs):
    unknown = [(f"UNKNOWN-{number}", 1) for number in range(3_000)]
    file = take_in(own, sheet(*((row.parcel, 155) for row in rows), *unknown), "3465")
    assert file.state == "READING"
    with CaptureQueriesContext(connection) as asked:
        run_jobs()
    file.refresh_from_db()
    assert (file.state, file.rows, file.total, RemittanceContent.objects.count()) == ("READY", 3_003, 3_465, 0)
    assert len(asked) < 60

    confirm(file)
    assert file.state == "BOOKING"
    run_jobs()

    file.refresh_from_db()
    assert (file.state, queries.owed_by(own.pk)) == ("BOOKED", -3_000)
    operations.read_file(file_id=file.pk)
    operations.book_file(file_id=file.pk, seen="", now=timezone.now())
    assert CashRemittance.objects.count() == 1


def test_a_large_file_that_cannot_be_read_says_why_and_keeps_no_line(rows, own, small, run_jobs):
    file = take_in(own, sheet((rows[0].parcel, 155), (rows[1].parcel, "x")), "155")

    run_jobs()

    file.refresh_from_db()
    assert (file.state, file.lines.count()) == ("REFUSED", 0)
    assert file.problems == ["Row 3: Amount: Write a number in figures, such as 1,234.50."]
    operations.drop_file(file_id=file.pk)


def test_a_large_file_that_cannot_be_booked_waits_for_a_person_with_the_reason(rows, own, small, run_jobs):
    file = take_in(own, sheet((rows[0].parcel, 155), (rows[1].parcel, 155)), "310")
    run_jobs()
    file.refresh_from_db()
    confirm(file)
    CashRemittance.objects.create(
        courier=own, amount=1, received_on=timezone.now().date(), reference="V1", recorded_at=timezone.now()
    )

    run_jobs()

    file.refresh_from_db()
    assert (file.state, file.booked_by, len(file.problems)) == ("READY", None, 1)


def test_a_parcel_paid_by_card_may_stand_in_the_file_with_nothing(own, run_jobs):
    order = place_order((stock("120.00"), 1))
    run_jobs()
    parcel = move_to(order.consignments.get(), "HANDED_OVER")

    assert standing(take_in(own, sheet((parcel.reference, 0)), "1"))[1:] == [(2, "MATCHED", 0)]
