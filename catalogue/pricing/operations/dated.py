"""Writing and ending the rows that prices are made from: fees, taxes, tax statuses, sellers."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.kernel import formats, locks
from catalogue.people.models import User
from catalogue.pricing import policies, queries, terms
from catalogue.pricing.models import Dated, Fee

Row = TypeVar("Row", bound=Dated)
OVERLAP = "23P01"
LOCK = "pricing.terms"


class Overlaps(Exception):
    """Another row says something about the same thing on the same days."""

    def __init__(self, other: Dated | None) -> None:
        self.other = other
        if other is None:
            super().__init__(_("Another row holds on some of these days."))
        else:
            days = {"from": formats.short_day(other.valid_from)}
            if other.valid_until:
                days["until"] = formats.short_day(other.valid_until)
                text = _("This overlaps with the row from %(from)s until %(until)s.")
            else:
                text = _("This overlaps with the row that holds since %(from)s: end that one first.")
            super().__init__(text % days)


class FeesOverAHundred(Exception):
    """With this row the fees of some family would take the whole price, or more."""

    def __init__(self, total_pct: object) -> None:
        super().__init__(
            _("With this row, fees would take %(share)s of the price: fees over 100%% leave nothing.")
            % {"share": formats.percent(total_pct, get_language())}  # type: ignore[arg-type]
        )


class EndedAlready(Exception):
    """A row is ended once."""

    def __init__(self) -> None:
        super().__init__(_("This row has its last day already."))


class EndsBeforeStart(Exception):
    """A row cannot end before it begins."""

    def __init__(self) -> None:
        super().__init__(_("This day is before the first one."))


class EndsInThePast(Exception):
    """A day that is over keeps the fees and taxes it had."""

    def __init__(self) -> None:
        super().__init__(_("This day is over: end the row today or later."))


@transaction.atomic
def add_row(*, row: Row, written_by: User | None, now: datetime) -> Row:
    """Write a dated row. Raises ``Overlaps``, or ``FeesOverAHundred`` for a fee that leaves nothing of a price."""
    locks.advisory_lock(LOCK)
    row.written_by, row.written_at = written_by, now
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != OVERLAP:
            raise
        raise Overlaps(_other(row)) from error
    _forget()
    if isinstance(row, Fee):
        _check_fees(row)
    return row


@transaction.atomic
def end_row(*, row: Dated, until: date, today: date) -> None:
    """End a row before a day. One that has not begun can be ended on its first day: it then never holds."""
    current: Any = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    if current.valid_until is not None:
        raise EndedAlready
    if until < current.valid_from:
        raise EndsBeforeStart
    if until < today:
        raise EndsInThePast
    current.valid_until = until
    current.save(update_fields=["valid_until"])
    _forget()


def _forget() -> None:
    """Read the rows again: in this transaction, and once it has committed, whatever was read in between."""
    queries.forget()
    transaction.on_commit(queries.forget)


def _other(row: Dated) -> Dated | None:
    """Find the row that a new one overlaps."""
    same = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name in ("part", "family", "vat_class", "side", "destination", "cooperative")
    }
    rows: Any = type(row)._default_manager.filter(**{name: value for name, value in same.items() if value is not None})
    if same.get("family_id", 0) is None:
        rows = rows.filter(family=None)
    if row.valid_until:
        rows = rows.filter(valid_from__lt=row.valid_until)
    rows = rows.exclude(valid_until__lte=row.valid_from).order_by("valid_from")
    return rows.first()  # type: ignore[no-any-return]


def _check_fees(row: Fee) -> None:
    """Look at every day on which the fees change while the new row holds."""
    days = {row.valid_from}
    for first in Fee.objects.filter(valid_from__gt=row.valid_from).values_list("valid_from", flat=True).distinct():
        if row.valid_until is None or first < row.valid_until:
            days.add(first)
    for day in sorted(days):
        try:
            terms.on(day)
        except policies.FeesTooHigh as error:
            raise FeesOverAHundred(error.total_pct) from error
