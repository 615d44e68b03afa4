"""What is late, whose it is, and where to see to it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fulfilment.reports.late import queries
from fulfilment.reports.late.queries import MOST_SHOWN, Late, Section
from storefront.office import access

STEPS = {
    "OPEN": _("Parcels not taken from the shelf"),
    "PICKED": _("Parcels not counted and closed"),
    "PACKED": _("Parcels not handed to a courier"),
    "HANDED_OVER": _("Parcels of which the courier says nothing"),
    "IN_TRANSIT": _("Parcels not delivered by the promised day"),
}
KINDS: dict[str, tuple[Any, str, str]] = {
    "jobs": (_("Jobs beyond their time"), access.VIEW_JOBS, "office:jobs"),
    **{state: (words, access.VIEW_CONSIGNMENTS, "office:consignment") for state, words in STEPS.items()},
    "deliveries": (_("Deliveries of cooperatives that did not come"), access.VIEW_STOCK, "office:stock-delivery"),
    "shortages": (_("Missing pieces without an answer"), access.VIEW_CONSIGNMENTS, "office:shortages"),
    "withdrawals": (_("Withdrawals that wait"), access.VIEW_WITHDRAWALS, "office:withdrawal"),
    "returns": (_("Parcels that should be back"), access.VIEW_CONSIGNMENTS, "office:consignment"),
    "cash_lines": (_("Differences of cash"), access.VIEW_CASH, "office:remittance-differences"),
    "cash_missing": (_("Cash in no file"), access.VIEW_CASH, "office:remittance-differences"),
    "bank_lines": (_("Lines of the bank that wait for a person"), access.VIEW_BANK_FILES, "office:bank-file"),
    "under_way": (_("Payouts of which the bank says nothing"), access.VIEW_PAYOUTS, "office:payout"),
    "remittances": (_("Couriers' files not confirmed"), access.VIEW_CASH, "office:remittance"),
}
"""By kind: its name, whose right it is to see it, and the page to see to it."""


@access.office_page()
def late(request: HttpRequest) -> HttpResponse:
    """Show what is late of all that the reader may see."""
    now = timezone.now()
    mine = [kind for kind, (_name, right, _page) in KINDS.items() if request.user.has_perm(right)]
    sections = [_shown(section, now) for section in queries.late(now, mine)] if mine else []
    return render(request, "office/late.html", {"sections": sections, "most": MOST_SHOWN})


def _shown(section: Section, now: Any) -> dict[str, Any]:
    name, _right, page = KINDS[section.kind]
    rows = [_row(row, page, now) for row in section.rows]
    return {"kind": section.kind, "name": name, "count": section.count, "rows": rows}


def _row(row: Late, page: str, now: Any) -> dict[str, Any]:
    by = now - row.due
    return {"late": row, "url": reverse(page, args=row.args), "days": by.days, "hours": by.seconds // 3600}
