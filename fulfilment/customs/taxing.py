"""VAT that is due after all on an export whose exit cannot be proved: asked by one person, agreed by another, booked.

Nothing more is asked of the buyer, so the tax lies within what was paid (``docs/decisions``). It counts in the month
in which it is agreed; the invoice stays as it is.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel.locks import lock_one
from catalogue.kernel.money import ZERO, quantize
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.pricing.models import Seller, Side, VatRate
from catalogue.pricing.policies import vat_pct
from catalogue.pricing.queries import carriage_vat_pct
from fulfilment.invoices.content import amount_of
from fulfilment.invoices.crediting.policies import Pieces
from fulfilment.invoices.models import Invoice
from fulfilment.ledger import operations as ledger
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import NewEntry, Source, export_taxed
from fulfilment.orders.models import Line
from fulfilment.orders.queries import frozen_lines
from fulfilment.payments.models import Refund, RefundLine
from fulfilment.warehouse.models import Consignment

from . import queries
from .models import ExportVat
from .policies import tax_within

Answer = ExportVat.Answer
LONGEST = 300
GIVEN_BACK = (Refund.State.DUE, Refund.State.PENDING, Refund.State.SUCCEEDED)


class Refused(Exception):
    """Why nothing was changed; the text is for a person."""


class NothingDue(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("VAT falls due on an export that left, is invoiced and has no proof of exit: not on this one.")
        )


class NoRate(Refused):
    def __init__(self, tax_class: str, day: date) -> None:
        self.tax_class, self.day = tax_class, day
        super().__init__(_("No rate says what class %(code)s pays in Morocco: write it first.") % {"code": tax_class})


class NotAsked(Refused):
    def __init__(self) -> None:
        super().__init__(_("This does not wait for an answer any more; nothing was changed."))


class SamePerson(Refused):
    def __init__(self) -> None:
        super().__init__(_("This takes a second person."))


class NotYours(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only who asked takes it back; anyone else answers."))


class NoReason(Refused):
    def __init__(self) -> None:
        super().__init__(_("Write in a few words why."))


class AmountsChanged(Refused):
    def __init__(self) -> None:
        super().__init__(_("Something was given back meanwhile, so less is due: have it taken back and asked anew."))


@transaction.atomic
def ask(*, reference: str, reason: str, by: Any, now: datetime) -> ExportVat:
    """Ask to owe the VAT of a shipment. A second call gives the one that waits. Locks the consignment.

    Raises ``Refused``.
    """
    if not reason.strip():
        raise NoReason
    consignment = _locked(reference)
    waiting = ExportVat.objects.filter(consignment=consignment, answer="").first()
    if waiting is not None:
        return waiting
    return ExportVat.objects.create(
        consignment=consignment,
        reason=reason.strip()[:LONGEST],
        asked_by=by,
        asked_at=now,
        **amounts_of(consignment),
    )


@transaction.atomic
def agree(*, reference: str, by: Any, now: datetime) -> ExportVat:
    """Agree to what someone else asked: the VAT is booked, and the shipment needs no proof any more.

    Locks the consignment. Raises ``Refused``.
    """
    consignment = _locked(reference)
    asked = _asked(consignment)
    if asked.asked_by_id == by.pk:
        raise SamePerson
    if amounts_of(consignment)["content"] != asked.content:
        raise AmountsChanged
    asked.entry = _book(asked, consignment, now)
    return _answer(asked, Answer.AGREED, by, now)


@transaction.atomic
def decline(*, reference: str, by: Any, now: datetime) -> ExportVat:
    """Say no to what someone else asked. Raises ``Refused``."""
    asked = _asked(_locked(reference))
    if asked.asked_by_id == by.pk:
        raise SamePerson
    return _answer(asked, Answer.DECLINED, by, now)


@transaction.atomic
def drop(*, reference: str, by: Any, now: datetime) -> ExportVat:
    """Take back what one asked for oneself. Raises ``Refused``."""
    asked = _asked(_locked(reference))
    if asked.asked_by_id != by.pk:
        raise NotYours
    return _answer(asked, Answer.DROPPED, by, now)


def entry_of(row: ExportVat, at: datetime) -> NewEntry | None:
    """Work out the entry of VAT that was agreed; none when nothing is due."""
    if not row.vat_mad:
        return None
    number, order = row.content["invoice"], row.consignment.order.number
    return NewEntry(
        Source.EXPORT_VAT, row.reference, export_taxed(row.vat_mad), at, memo=str(number), order_number=order
    )


def amounts_of(consignment: Consignment) -> dict[str, Any]:
    """Return what VAT is due on of a shipment, in dirhams, and how much. Raises ``NothingDue`` or ``NoRate``.

    Each line is worth what was paid for it less what was given back, at the order's frozen rate; the delivery too,
    with the share of it that is this parcel's.
    """
    order = consignment.order
    parcel = queries.shipments().filter(pk=consignment.pk, state__in=queries.STAYS_SOLD, taxed=False).first()
    invoice = Invoice.objects.filter(order=order).first()
    known = queries.latest(consignment.pk)
    if parcel is None or invoice is None or (known and known.proof_kind):
        raise NothingDue
    day = day_of(parcel.left_at)
    rates = _home_rates(day)
    rows = []
    for line in frozen_lines().filter(consignment_line__consignment=consignment):
        if line.price.vat_class not in rates:
            raise NoRate(line.price.vat_class, day)
        status = line.price.tax_status
        pct = vat_pct(
            class_rate_pct=rates[line.price.vat_class], side=Side.HOME, seller=line.seller_of_record, tax_status=status
        )
        worth = quantize(_kept_of(line) * order.mad_per_unit)
        rows.append(_row(line.title, line.seller_of_record, line.partner_name, pct, worth))
    if not Refund.objects.filter(attempt__order=order, delivery=True, state__in=GIVEN_BACK).exists():
        worth = quantize(queries.postage_of(consignment) * order.mad_per_unit)
        rows.append(_row("", Seller.OFFICE, "", carriage_vat_pct(Side.HOME, day), worth))
    rows = [row for row in rows if Decimal(row["worth_mad"])]
    return {
        "content": {"invoice": invoice.number, "rows": rows},
        "worth_mad": sum((Decimal(row["worth_mad"]) for row in rows), ZERO),
        "vat_mad": sum((Decimal(row["tax_mad"]) for row in rows), ZERO),
    }


def _kept_of(line: Line) -> Decimal:
    """Return what was paid for a line less what was given back of it, in the order's currency."""
    paid = amount_of(line).incl
    given = RefundLine.objects.filter(order_line=line, refund__state__in=GIVEN_BACK)
    pieces = (Pieces(first, count, line.quantity) for first, count in given.values_list("first_piece", "pieces"))
    return paid - sum((some.part_of(paid) for some in pieces), ZERO)


def _row(title: str, seller: str, cooperative: str, pct: Decimal, worth_mad: Decimal) -> dict[str, str]:
    tax_mad = tax_within(worth_mad, pct)
    return {
        "title": title,
        "seller_of_record": str(seller),
        "cooperative": cooperative,
        "pct": str(pct),
        "worth_mad": str(worth_mad),
        "tax_mad": str(tax_mad),
    }


def _home_rates(day: date) -> dict[str, Decimal]:
    """Read what each class pays in Morocco; a row of the country goes before the row of every one."""
    rows = VatRate.objects.on(day).filter(side=Side.HOME, destination__in=("", HOME_COUNTRY)).order_by("destination")
    return dict(rows.values_list("vat_class__code", "rate_pct"))


def _locked(reference: str) -> Consignment:
    return lock_one(Consignment.objects.filter(reference=reference))


def _asked(consignment: Consignment) -> ExportVat:
    asked = ExportVat.objects.filter(consignment=consignment, answer="").first()
    if asked is None:
        raise NotAsked
    return asked


def _book(row: ExportVat, consignment: Consignment, now: datetime) -> Entry | None:
    row.consignment = consignment
    entry = entry_of(row, now)
    return ledger.post(entry, now=now) if entry else None


def _answer(row: ExportVat, answer: str, by: Any, now: datetime) -> ExportVat:
    row.answer, row.answered_by, row.answered_at = answer, by, now
    row.save(update_fields=["answer", "answered_by", "answered_at", "entry"])
    return row
