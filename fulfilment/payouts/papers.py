"""Lays a payout's statement out on its paper. No account stands on it: clerks read it too."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalogue.kernel import formats
from catalogue.kernel.money import MAD
from catalogue.kernel.periods import day_of
from fulfilment.documents.runs import page_direction, run

from . import queries
from .models import Payout
from .statements import Statement, StatementLine

NAME = "statement"
Data = dict[str, Any]


def paper_of(payout: Payout, language: str) -> Data:
    """Return what ``templates/documents/statement.typ`` takes (two queries); cooperative and run are loaded."""
    with translation.override(language):
        return Sheet(payout, queries.statement(payout), language).data()


class Sheet:
    """A statement as its paper shows it, in the language in use."""

    def __init__(self, payout: Payout, statement: Statement, language: str) -> None:
        self.payout, self.statement, self.language = payout, statement, language

    def money(self, amount: Any) -> Data:
        return run(formats.money(amount, MAD, self.language))

    def day(self, day: Any) -> str:
        return formats.day(day, self.language)

    def data(self) -> Data:
        payout, day = self.payout, _said_on(self.payout)
        cooperative = payout.cooperative
        return {
            "language": self.language,
            "dir": page_direction(self.language),
            "date": [day.year, day.month, day.day],
            "title": _("Statement"),
            "number": run(payout.reference),
            "seller": {"name": run(settings.SELLER["name"]), "lines": [run(settings.SELLER["address"])]},
            "captions": {"to": _("Cooperative")},
            "to": {"name": run(cooperative.name), "lines": [run(f"ICE {cooperative.ice}")]},
            "facts": [{"name": run(name), "value": run(value)} for name, value in self._facts()],
            "columns": [_("When"), pgettext("statement", "What"), _("Quantity"), _("Each"), _("Amount")],
            "rows": [self._row(line) for line in self.statement.lines],
            "sums": self._sums(),
            "note": run(_("Questions about a line? Ask on its page under “Money”, and the office answers.")),
            "footer": [run(settings.SELLER["name"]), run(payout.reference)],
        }

    def _facts(self) -> list[tuple[str, str]]:
        payout = self.payout
        facts = []
        if payout.from_day and payout.until_day:
            last = payout.until_day - date.resolution
            facts.append((pgettext("day", "From"), self.day(payout.from_day)))
            facts.append((_("To the end of"), self.day(last)))
        facts.append((pgettext("payout", "State"), str(payout.said_state)))
        facts.append((_("How"), str(payout.said_method)))
        return facts

    def _row(self, line: StatementLine) -> Data:
        title = line.product or str(line.reason)
        notes = [*([] if line.is_sale or not line.product else [str(line.reason)]), line.parcel, line.share]
        return {
            "day": run(formats.short_day(line.earned_at)),
            "title": run(title),
            "notes": [run(note) for note in notes if note],
            "quantity": run(formats.number(line.quantity, self.language) if line.is_sale else "–"),
            "unit": self.money(line.farm_gate_mad) if line.is_sale else run("–"),
            "amount": self.money(line.to_receive_mad),
        }

    def _sums(self) -> list[Data]:
        found, payout = self.statement, self.payout
        sums = [(_("Sold"), self.money(found.sold_mad)), (_("Deducted"), self.money(found.deducted_mad))]
        if found.taken_back_mad:
            sums.append((_("Taken back"), self.money(found.taken_back_mad)))
        if found.advanced_mad:
            sums.append((pgettext("money", "Advance"), self.money(found.advanced_mad)))
        if found.paid_back_mad:
            sums.append((_("Paid back of advances"), self.money(found.paid_back_mad)))
        if found.returned_mad:
            sums.append((_("Returned by the bank, to be paid again"), self.money(found.returned_mad)))
        last = _("Received") if found.paid_at else _("To receive")
        sums.append((last, self.money(found.to_receive_mad)))
        rows = [{"name": run(name), "value": value, "total": name == last} for name, value in sums]
        if found.paid_at:
            rows.append({"name": run(_("Date")), "value": run(self.day(found.paid_at))})
        elif found.under_way_on:
            rows.append({"name": run(_("On its way, for")), "value": run(self.day(found.under_way_on))})
        elif payout.returned_at:
            rows.append({"name": run(_("Came back on")), "value": run(self.day(payout.returned_at))})
        return rows


def _said_on(payout: Payout) -> date:
    """Return the day of what the paper says, so that it is the same whenever it is made."""
    return day_of(payout.returned_at or payout.settled_at or payout.run.exported_at or payout.run.run_at)
