"""A run's life: drafted, submitted, approved by another, sent, over; or thrown away."""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from catalogue.banking import operations as banking
from catalogue.cooperatives.models import Partner
from catalogue.kernel.invariants import registered
from catalogue.places import operations as places
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.queries import balance_of
from fulfilment.payouts import operations, queries, runs
from fulfilment.payouts.models import Payout, PayoutFile, PayoutLine, PayoutMinimum, PayoutRun
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import (
    approve,
    approver,
    deliver,
    draft,
    later,
    pay_all,
    send,
    settle,
    submit,
    submitter,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def oil():
    return make_stockrecord(farm_gate="80.00", in_stock=40)


@pytest.fixture
def drafted(oil):
    deliver((oil, 2), method="card")
    return draft()


def broken() -> list[str]:
    return [name for name, check in registered().items() if name.startswith(("payouts", "ledger")) and list(check())]


def states(run: PayoutRun) -> tuple[str, set[str]]:
    run.refresh_from_db()
    return run.state, set(run.payouts.values_list("state", flat=True))


def test_a_run_goes_from_draft_to_bank_and_is_over_once_the_bank_paid(oil, drafted):
    found = [states(drafted)]
    for step in (submit, settle_approved, send_approved, settle):
        step(drafted)
        found.append(states(drafted))
        assert broken() == []

    assert found == [
        ("DRAFTED", {"DRAFTED"}),
        ("SUBMITTED", {"DRAFTED"}),
        ("APPROVED", {"APPROVED"}),
        ("EXPORTED", {"EXPORTED"}),
        ("CLOSED", {"SETTLED"}),
    ]
    kinds = list(drafted.events.filter(payout=None).values_list("kind", flat=True))
    assert kinds == ["drafted", "submitted", "approved", "exported", "closed"]


def settle_approved(run):
    run.refresh_from_db()
    operations.approve(run_id=run.pk, seen=run.content_sha256, by=approver(), now=run.run_at)


def send_approved(run):
    operations.export(run_id=run.pk, by=submitter(), now=run.run_at)


def test_the_money_is_owed_until_it_is_sent_under_way_until_the_bank_says_so(oil, drafted):
    def stands():
        return [balance_of(one) for one in (payable, AccountKey("clearing.payouts"), AccountKey("bank"))]

    payable = AccountKey("cooperatives.payable", "MAD", oil.partner_id)
    before = (stands(), queries.owed(oil.partner, later()).owed_mad, list(queries.payouts_of(oil.partner)))
    send(drafted)
    under_way = stands()
    payout = queries.payouts_of(oil.partner).get()
    statement = queries.statement(payout)
    settle(drafted)

    assert before == ([D("-160.00"), 0, 0], D("160.00"), [])
    assert under_way == [0, D("-160.00"), 0]
    assert (statement.paid_at, statement.under_way_on) == (None, drafted.executes_on)
    assert stands() == [0, 0, D("-160.00")]
    assert queries.statement(queries.payouts_of(oil.partner).get()).paid_at is not None


@pytest.mark.parametrize("who", [submitter, approver])
def test_who_drafted_or_submitted_a_run_cannot_approve_it(oil, who):
    deliver((oil, 2), method="card")
    run = operations.draft(cycle="weekly", now=later(), by=approver())
    submit(run)
    run.refresh_from_db()

    with translation.override("en"), pytest.raises(operations.OwnRun, match="someone else has to approve"):
        operations.approve(run_id=run.pk, seen=run.content_sha256, by=who(), now=timezone.now())

    assert states(run) == ("SUBMITTED", {"DRAFTED"})


@pytest.mark.parametrize("who", [submitter, approver])
def test_nor_can_they_by_saving_the_row(oil, who):
    deliver((oil, 2), method="card")
    run = submit(operations.draft(cycle="weekly", now=later(), by=approver()))
    run.state, run.approved_by, run.approved_at = "APPROVED", who(), timezone.now()
    run.approved_sha256 = run.content_sha256

    with pytest.raises(IntegrityError, match="payout_run_approved_by_another"), transaction.atomic():
        run.save()


def test_a_run_that_is_not_what_was_looked_at_is_not_approved(drafted):
    submit(drafted)

    with pytest.raises(operations.ContentChanged):
        operations.approve(run_id=drafted.pk, seen="0" * 64, by=approver(), now=timezone.now())

    assert states(drafted)[0] == "SUBMITTED"


def test_a_run_whose_content_is_not_what_was_submitted_is_not_approved(drafted, monkeypatch):
    """What the database keeps from happening: the fingerprint is taken again all the same."""
    seen = submit(drafted).content_sha256
    monkeypatch.setattr(runs, "fingerprint", lambda run: "1" * 64)

    with pytest.raises(operations.ContentChanged):
        operations.approve(run_id=drafted.pk, seen=seen, by=approver(), now=timezone.now())


def test_a_run_that_changed_after_its_approval_is_not_sent(drafted, monkeypatch):
    approve(drafted)
    monkeypatch.setattr(runs, "fingerprint", lambda run: "1" * 64)

    with pytest.raises(operations.ContentChanged):
        operations.export(run_id=drafted.pk, by=submitter(), now=timezone.now())

    assert (states(drafted)[0], PayoutFile.objects.count()) == ("APPROVED", 0)


def test_sending_an_approved_run_back_voids_the_approval(drafted):
    approve(drafted)

    operations.send_back(run_id=drafted.pk, by=approver(), now=timezone.now())

    assert states(drafted) == ("DRAFTED", {"DRAFTED"})
    assert (drafted.content_sha256, drafted.approved_by, drafted.submitted_by) == ("", None, None)
    with pytest.raises(operations.NotNow):
        operations.export(run_id=drafted.pk, by=submitter(), now=timezone.now())
    assert broken() == []


@pytest.mark.parametrize("prepare", [lambda run: run, submit])
def test_throwing_a_run_away_frees_what_it_covered(oil, drafted, prepare):
    prepare(drafted)

    operations.cancel(run_id=drafted.pk, by=submitter(), now=timezone.now())

    assert states(drafted) == ("CANCELLED", {"CANCELLED"})
    assert (PayoutLine.objects.count(), broken()) == (0, [])
    again = draft(drafted.run_at)
    assert (again.reference, again.payouts.get().amount_mad) == ("PAY-20261228-W2", D("160.00"))


@pytest.mark.parametrize("prepare", [approve, send])
def test_what_was_approved_or_sent_is_not_thrown_away(drafted, prepare):
    prepare(drafted)

    with pytest.raises(operations.NotNow):
        operations.cancel(run_id=drafted.pk, by=submitter(), now=timezone.now())


def test_a_dispute_that_opens_after_the_draft_stops_it(oil):
    order = deliver((oil, 2), method="card")
    run = draft()
    operations.freeze(order_id=order.pk, dispute_id=1, now=timezone.now())

    with pytest.raises(operations.HeldMeanwhile) as held:
        submit(run)

    assert held.value.payouts == [run.payouts.get().reference]


def test_a_dispute_that_opens_after_the_approval_keeps_it_from_being_sent(oil):
    order = deliver((oil, 2), method="card")
    run = approve(draft())
    operations.freeze(order_id=order.pk, dispute_id=1, now=timezone.now())

    with pytest.raises(operations.HeldMeanwhile):
        operations.export(run_id=run.pk, by=submitter(), now=run.run_at)

    operations.send_back(run_id=run.pk, by=submitter(), now=run.run_at)
    operations.cancel(run_id=run.pk, by=submitter(), now=run.run_at)
    assert (draft(run.run_at), broken()) == (None, [])


def test_an_account_that_is_blocked_after_the_draft_stops_it(drafted):
    seen = submit(drafted).content_sha256
    banking.block_account(account_id=drafted.payouts.get().account_id, reason="returned", now=timezone.now())

    with pytest.raises(operations.HeldMeanwhile):
        operations.approve(run_id=drafted.pk, seen=seen, by=approver(), now=timezone.now())


def test_the_files_are_made_once_and_stay_the_same_bytes(drafted):
    approve(drafted)
    first = operations.export(run_id=drafted.pk, by=submitter(), now=drafted.run_at)

    again = operations.export(run_id=drafted.pk, by=approver(), now=drafted.run_at + timedelta(days=2))

    assert [file.kind for file in first] == ["pain001", "transfers"]
    assert [bytes(file.content) for file in again] == [bytes(file.content) for file in first]
    assert [file.sha256 for file in again] == [hashlib.sha256(file.content).hexdigest() for file in first]
    assert Payout.objects.get().state == "EXPORTED"


def test_cash_and_cheques_are_listed_and_noted_by_hand(oil):
    souss, rif = make_stockrecord(farm_gate="30.00"), make_stockrecord(farm_gate="20.00")
    for record, method in ((souss, "cash_at_agency"), (rif, "cheque")):
        Partner.objects.filter(pk=record.partner_id).update(payout_method=method)
    deliver((oil, 1), (souss, 1), (rif, 1), method="card")
    run = send(draft())
    lists = {file.kind: bytes(file.content).decode() for file in run.files.all()}

    settle(run)

    assert set(lists) == {"pain001", "transfers", "agency", "cheques"}
    assert souss.partner.name in lists["agency"]
    assert "30.00" in lists["agency"]
    assert oil.partner.name not in lists["agency"] + lists["cheques"]
    assert states(run) == ("CLOSED", {"SETTLED"})
    assert run.payouts.get(method="cheque").proof == "receipt"
    assert set(run.events.filter(kind="settled").values_list("by", flat=True)) == {submitter().pk}


def test_cash_that_nobody_fetched_is_owed_again(oil):
    Partner.objects.filter(pk=oil.partner_id).update(payout_method="cash_at_agency")
    deliver((oil, 1), method="card")
    run = send(draft())

    operations.return_by_hand(payout_id=run.payouts.get().pk, reason="not fetched", by=submitter(), now=run.run_at)

    assert states(run) == ("CLOSED", {"RETURNED"})
    assert queries.owed(oil.partner, later()).due_mad == D("80.00")
    assert broken() == []
    assert pay_all().payouts.get().amount_mad == D("80.00")


def test_a_transfer_is_not_settled_by_hand(drafted):
    send(drafted)

    with pytest.raises(operations.BankSays):
        operations.settle_by_hand(payout_id=Payout.objects.get().pk, proof="1", by=submitter(), now=timezone.now())


def test_each_cycle_is_paid_for_its_own_period():
    cycles = ("weekly", "fortnightly", "monthly")
    records = [make_stockrecord(farm_gate="80.00") for _ in cycles]
    for record, cycle in zip(records, cycles, strict=True):
        Partner.objects.filter(pk=record.partner_id).update(payout_cycle=cycle)
    deliver(*((record, 1) for record in records), method="card")
    now = datetime(2026, 12, 17, 9, tzinfo=UTC)

    drafted = operations.draft_all(now=now)
    again = operations.draft_all(now=now)

    assert [(run.reference, run.payouts.get().cooperative_id) for run in drafted] == [
        ("PAY-20261214-W1", records[0].partner_id),
        ("PAY-20261216-F1", records[1].partner_id),
        ("PAY-20261201-M1", records[2].partner_id),
    ]
    assert again == []


def test_a_cooperative_is_paid_once_in_a_period_by_constraint(drafted):
    values = Payout.objects.values().get()
    other = PayoutRun.objects.values().get() | {"id": None, "reference": "another"}
    run = PayoutRun.objects.create(**other)

    with pytest.raises(IntegrityError, match="payout_once_per_period"), transaction.atomic():
        Payout.objects.create(**values | {"id": None, "reference": "more", "run_id": run.pk})


def test_what_becomes_due_in_a_period_that_was_paid_comes_with_the_next(oil, drafted):
    deliver((oil, 1), method="card")

    preview = operations.preview(cycle="weekly", now=drafted.run_at)

    assert [(one.amount_mad, one.left_out) for one in preview.planned] == [(D("80.00"), "already")]
    assert draft(drafted.run_at) is None
    assert draft(drafted.run_at + timedelta(days=7)).payouts.get().amount_mad == D("80.00")


def test_a_preview_says_what_a_run_would_pay_and_writes_nothing(oil):
    deliver((oil, 2), method="card")
    operations.set_minimum(amount_mad=D("200.00"), from_day=timezone.now().date(), by=submitter(), now=timezone.now())

    preview = operations.preview(cycle="weekly", now=later())

    assert [(one.amount_mad, one.left_out) for one in preview.planned] == [(D("160.00"), "minimum")]
    assert (draft(), PayoutRun.objects.count()) == (None, 0)


def test_the_minimum_is_that_of_the_day_on_which_the_period_ended(oil):
    deliver((oil, 2), method="card")
    PayoutMinimum.objects.create(from_day="2026-12-29", amount_mad=D("200"), decided_at=timezone.now())

    assert draft(datetime(2026, 12, 30, tzinfo=UTC)).payouts.get().amount_mad == D("160.00")


def test_a_minimum_is_not_decided_for_the_past_or_before_one_that_was():
    today = timezone.now().date()
    decide = {"amount_mad": D("1"), "by": submitter(), "now": timezone.now()}
    operations.set_minimum(from_day=today + timedelta(days=3), **decide)

    for day in (today - timedelta(days=1), today + timedelta(days=3)):
        with pytest.raises(operations.EarlierDay):
            operations.set_minimum(from_day=day, **decide)


def test_a_day_off_moves_the_day_of_payment(oil):
    deliver((oil, 2), method="card")
    monday = datetime(2026, 12, 28, tzinfo=UTC).date()
    places.write_holiday(
        feast="other",
        first_day=monday,
        until=monday + timedelta(days=1),
        note="decreed",
        now=timezone.now(),
        today=timezone.now().date(),
        written_by=submitter(),
    )

    run = draft(datetime(2026, 12, 28, 6, tzinfo=UTC))

    assert run.pay_on == monday + timedelta(days=1)


def test_a_run_that_is_sent_late_is_paid_on_the_next_working_day(drafted):
    approve(drafted)

    operations.export(run_id=drafted.pk, by=submitter(), now=datetime(2027, 1, 9, 8, tzinfo=UTC))  # a Saturday

    drafted.refresh_from_db()
    assert f"{drafted.executes_on}" == "2027-01-12"  # the 11th is a holiday
    assert b"<Dt>2027-01-12</Dt>" in bytes(drafted.files.get(kind="pain001").content)


def test_a_period_that_is_not_over_is_not_paid(oil):
    now = later()
    period = queries.policies.period_of("weekly", now.date())

    with pytest.raises(operations.PeriodNotOver):
        operations.draft(cycle="weekly", period=period, now=now)
