"""Where an application stands, as pages show it: its steps, its papers, its terms in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.joining import policies, queries
from catalogue.joining.models import Application, Document, FeeAgreement
from catalogue.joining.sectors import sector_name
from catalogue.kernel import formats
from catalogue.kernel.text import isolate
from catalogue.pricing.models import Fee
from catalogue.products.models import Family

State = Application.State
STAGES = (
    (State.SENT, lambda: _("Application sent")),
    (State.IN_REVIEW, lambda: _("Looked at by the office")),
    (State.APPROVED, lambda: _("Approved")),
    (State.AGREED, lambda: _("Terms agreed to")),
    (State.ACTIVE, lambda: _("Open")),
)
OPEN_FOR_PAPERS = {State.SENT, State.IN_REVIEW, State.MORE_ASKED}


@dataclass(frozen=True)
class Stage:
    """A step as ``components/steps.html`` shows it."""

    name: str
    state: str
    at: None = None
    note: str = ""


@dataclass(frozen=True)
class PaperLine:
    """A kind of paper: the one that counts, if it came, and whether it is needed."""

    label: str
    paper: Document | None
    is_needed: bool


def stages(application: Application) -> list[Stage]:
    """Return the way of an application, done and to come."""
    state = State.IN_REVIEW if application.state == State.MORE_ASKED else application.state
    if state == State.REFUSED:
        return [Stage(_("Application sent"), "done"), Stage(_("Refused"), "stopped")]
    if state == State.WITHDRAWN:
        return [Stage(_("Application sent"), "done"), Stage(_("Withdrawn"), "stopped")]
    here = [stage for stage, _words in STAGES].index(State(state))
    marks = ["done" if number <= here else "next" for number in range(len(STAGES))]
    if here + 1 < len(STAGES):
        marks[here + 1] = "here"
    if state == State.IN_REVIEW:
        marks[1:3] = ["here", "next"]
    return [Stage(words(), mark) for (_state, words), mark in zip(STAGES, marks, strict=True)]


def paper_lines(application: Application, papers: list[Document]) -> list[PaperLine]:
    latest = queries.latest_papers(papers)
    needed = policies.needed_documents(application.sector, application.rib)
    return [
        PaperLine(str(kind.label), latest.get(kind.value), kind.value in needed)
        for kind in Document.Kind
        if kind.value in needed or kind.value in latest
    ]


def fee_lines(fees: Iterable[Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """Return what an agreement's fees say: part, family or nothing, and how much, in words (one query).

    An agreement keeps French names of families; a family of that name is shown in the language in use.
    """
    fees = list(fees)
    families = Family.objects.filter(name_fr__in={row["family"] for row in fees if row["family"]})
    names = {family.name_fr: family.name for family in families}
    return [(str(Fee.Part(row["part"]).label), names.get(row["family"], row["family"]), _amount(row)) for row in fees]


def _amount(row: Mapping[str, str]) -> str:
    language = get_language()
    value, basis = Decimal(row["value"]), Fee.Basis(row["basis"])
    if basis in (Fee.Basis.UNIT, Fee.Basis.WEIGHT):
        figure = isolate(formats.money(value, "MAD", language))
        return (
            _("%(amount)s for each unit") % {"amount": figure}
            if basis == Fee.Basis.UNIT
            else _("%(amount)s for each kilogram, packing included") % {"amount": figure}
        )
    share = isolate(formats.percent(value, language))
    if basis == Fee.Basis.FARM_GATE:
        return _("%(share)s of what the cooperative gets") % {"share": share}
    return _("%(share)s of the price without tax") % {"share": share}


def facts_of(application: Application, agreement: FeeAgreement | None) -> dict[str, Any]:
    """Return what both the applicant's page and the office's show."""
    papers = paper_lines(application, queries.papers(application))
    return {
        "sector": sector_name(application.sector, get_language()),
        "stages": stages(application),
        "papers": papers,
        "missing": [line.label for line in papers if line.is_needed and line.paper is None],
        "takes_papers": application.state in OPEN_FOR_PAPERS,
        "may_end": policies.may_move(application.state, State.WITHDRAWN),
        "asks_for_phone": application.state in policies.UNDECIDED and application.phone_proved_at is None,
        "agreement": agreement,
        "fees": fee_lines(agreement.fees) if agreement else [],
    }
