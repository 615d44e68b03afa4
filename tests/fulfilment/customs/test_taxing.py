"""VAT that is due after all on an export whose exit cannot be proved: two persons, the ledger, the month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.kernel.invariants import registered
from catalogue.kernel.money import quantize
from catalogue.kernel.periods import month
from fulfilment.closing import checklist, figures
from fulfilment.customs import queries, taxing
from fulfilment.customs.models import ExportVat
from fulfilment.invoices import operations as invoices
from fulfilment.ledger import operations as ledger
from fulfilment.ledger.models import Entry, Line
from fulfilment.ledger.policies import NewEntry, Source, export_taxed
from fulfilment.payments import operations as payments
from tests.factories.disputes import pay_by_card
from tests.factories.exports import make_packed, record_export
from tests.factories.matching import match_later, open_ones
from tests.factories.orders import open_deliveries
from tests.factories.parcels import move_to
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
D = Decimal
NOVEMBER = month(date(2026, 11, 1))
LATE = timedelta(days=settings.CLOSING_PROOF_DAYS + 1)
NO_PROOF = {"proof_kind": "", "proof_reference": "", "proof_on": None}


@pytest.fixture
def parcel():
    """A parcel to France that left and is invoiced."""
    open_deliveries()
    found = move_to(make_packed(), "HANDED_OVER")
    invoices.issue(order_id=found.order_id, now=timezone.now())
    return found


def ask(parcel, by=None):
    return taxing.ask(reference=parcel.reference, reason=" lost paper ", by=by or make_person(), now=timezone.now())


def agree(parcel, by=None):
    return taxing.agree(reference=parcel.reference, by=by or make_person(), now=timezone.now())


def item(key, now):
    found = checklist.items_of(NOVEMBER, figures.of_month(NOVEMBER), now=now)
    return next(one for one in found if one.key == key)


def broken():
    return [name for name, check in registered().items() if name.startswith("customs: ") and list(check())]


def test_what_is_due_is_the_tax_within_what_was_paid_at_each_lines_rate_at_home(parcel):
    asked = ask(parcel)

    order = parcel.order
    rows = asked.content["rows"]
    paid = [quantize(line.line_price_incl_tax * order.mad_per_unit) for line in order.lines.order_by("pk")]
    carried = quantize(queries.postage_of(parcel) * order.mad_per_unit)
    assert [(row["pct"], D(row["worth_mad"])) for row in rows] == [
        *(("10.00", worth) for worth in paid),
        ("20.00", carried),
    ]
    tax = [quantize(worth * 10 / 110) for worth in paid] + [quantize(carried * 20 / 120)]
    assert [D(row["tax_mad"]) for row in rows] == tax
    assert (asked.worth_mad, asked.vat_mad, asked.reason) == (sum(paid) + carried, sum(tax), "lost paper")
    assert asked.content["invoice"] == order.invoice.number


def test_once_a_second_person_agrees_it_is_booked_and_the_export_is_decided(parcel):
    match_later(LATE)
    late = timezone.now() + LATE
    held = item("exports", late)
    ask(parcel)
    asked_only = item("exports", late)
    decided = agree(parcel)
    match_later(LATE)

    legs = dict(Line.objects.filter(entry=decided.entry).values_list("account__code", "amount_minor"))
    minor = int(decided.vat_mad * 100)
    assert legs == {"expense.export_vat": minor, "tax.vat": -minor}
    assert (held.stops, asked_only.stops, item("exports", late).count) == (True, True, 0)
    assert ("export_unproved", parcel.reference) not in open_ones()
    assert list(queries.shipments(only_missing=True)) == []
    assert broken() == []


def test_an_export_without_proof_holds_the_signature_once(parcel):
    match_later(LATE)
    late = timezone.now() + LATE

    others = [cause for cause, _subject in open_ones() if cause != "export_unproved"]
    assert ("export_unproved", parcel.reference) in open_ones()
    assert (item("exports", late).count, item("match", late).count) == (1, len(others))


def test_the_months_vat_says_what_the_ledger_does_and_takes_the_sale_off_what_was_free(parcel):
    before = figures.of_month(NOVEMBER)
    ask(parcel)
    decided = agree(parcel)
    after = figures.of_month(NOVEMBER)

    rows = {row["pct"]: row for row in after["vat"]}
    assert D(after["vat_in_ledger"]) == decided.vat_mad == sum(D(row["tax"]) for row in after["vat"])
    assert D(rows["0.00"]["credited_excl"]) == decided.worth_mad
    assert sum(D(row["sold_excl"]) for pct, row in rows.items() if pct != "0.00") == decided.worth_mad - decided.vat_mad
    assert sum(D(row["tax"]) for row in before["vat"]) == 0


def test_an_entry_that_nobody_agreed_to_is_seen():
    legs = export_taxed(D("5.00"))
    ledger.post(NewEntry(Source.EXPORT_VAT, "EXV-000000", legs, timezone.now()), now=timezone.now())

    assert broken() == ["customs: VAT on exports is in the ledger as it was agreed, and no other"]


def test_the_same_person_does_not_agree_not_in_the_database_either(parcel):
    person = make_person()
    asked = ask(parcel, by=person)

    for press in (taxing.agree, taxing.decline):
        with pytest.raises(taxing.SamePerson):
            press(reference=parcel.reference, by=person, now=timezone.now())
    with pytest.raises(IntegrityError, match="export_vat_two_persons"), transaction.atomic():
        ExportVat.objects.update(answer="DECLINED", answered_by=person, answered_at=timezone.now())
    with pytest.raises(IntegrityError, match="export_vat_agreed_is_booked"), transaction.atomic():
        ExportVat.objects.update(answer="AGREED", answered_by=make_person(), answered_at=timezone.now())
    with pytest.raises(IntegrityError, match="answered once"), transaction.atomic():
        ExportVat.objects.filter(pk=asked.pk).update(vat_mad=0)


def test_who_asked_takes_it_back_and_a_second_person_declines(parcel):
    person = make_person()
    ask(parcel, by=person)
    with pytest.raises(taxing.NotYours):
        taxing.drop(reference=parcel.reference, by=make_person(), now=timezone.now())
    taxing.drop(reference=parcel.reference, by=person, now=timezone.now())
    ask(parcel, by=person)
    taxing.decline(reference=parcel.reference, by=make_person(), now=timezone.now())
    with pytest.raises(taxing.NotAsked):
        agree(parcel)
    ask(parcel, by=person)
    agree(parcel)

    assert list(ExportVat.objects.values_list("answer", flat=True)) == ["DROPPED", "DECLINED", "AGREED"]
    with pytest.raises(taxing.NothingDue):
        ask(parcel)


def test_asking_again_gives_the_one_that_waits_and_a_reason_is_needed(parcel):
    with pytest.raises(taxing.NoReason):
        taxing.ask(reference=parcel.reference, reason=" ", by=make_person(), now=timezone.now())

    assert ask(parcel) == ask(parcel)


def test_nothing_is_due_on_what_is_proved_did_not_leave_or_is_not_invoiced(parcel):
    other = make_packed()
    with pytest.raises(taxing.NothingDue):
        ask(other)
    with pytest.raises(taxing.NothingDue):
        ask(move_to(other, "HANDED_OVER"))
    ask(parcel)
    record_export(parcel)

    with pytest.raises(taxing.NothingDue):
        agree(parcel)


def test_what_was_given_back_owes_no_vat_and_an_answer_to_other_amounts_is_refused(bank, run_jobs):
    open_deliveries()
    order = pay_by_card(bank).order
    run_jobs()
    (parcel,) = order.consignments.all()
    move_to(parcel, "DELIVERED")
    run_jobs()
    record_export(parcel, **NO_PROOF)
    person = make_person()
    whole = ask(parcel, by=person)
    line = order.lines.get()
    payments.ask_refund(order_id=order.pk, quantities={line.pk: 1}, reason="GOODWILL", by=None, now=timezone.now())
    run_jobs()

    with pytest.raises(taxing.AmountsChanged):
        agree(parcel)
    taxing.drop(reference=parcel.reference, by=person, now=timezone.now())
    asked = ask(parcel)

    back = quantize(line.unit_price_incl_tax * order.mad_per_unit)
    assert abs(whole.worth_mad - asked.worth_mad - back) <= D("0.01")


def test_what_was_given_back_whole_is_decided_without_an_entry(bank, run_jobs):
    open_deliveries()
    order = pay_by_card(bank).order
    run_jobs()
    (parcel,) = order.consignments.all()
    move_to(parcel, "DELIVERED")
    run_jobs()
    line = order.lines.get()
    payments.ask_refund(
        order_id=order.pk,
        quantities={line.pk: line.quantity},
        delivery=True,
        reason="GOODWILL",
        by=None,
        now=timezone.now(),
    )
    run_jobs()

    ask(parcel)
    decided = agree(parcel)

    assert (decided.vat_mad, decided.entry, Entry.objects.filter(source="export_vat").count()) == (D(0), None, 0)
    assert list(queries.without_proof(left_before=timezone.now() + LATE)) == []
