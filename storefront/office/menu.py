"""Where the office's pages stand: areas of work, and the pages of each. Nobody is shown what they may not open."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import ResolverMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import access


@dataclass(frozen=True)
class Page:
    """A page of the menu by its name of address. ``under`` begins the names of the pages that are reached from it."""

    name: str
    text: str | Promise
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Area:
    icon: str
    text: str | Promise
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Entry:
    """One link as it is shown."""

    text: str | Promise
    url: str
    is_current: bool
    icon: str = ""


AREAS = (
    Area("home", _("Today"), (Page("home", _("Today")), Page("late", _("What is late")))),
    Area("calendar", _("Sales"), (Page("sales", _("Sales")),)),
    Area(
        "basket",
        _("Orders"),
        (
            Page("orders", _("All orders"), ("order", "invoice", "credit-note", "allow-cash")),
            Page("holds", _("Waiting for acceptance"), ("answer-hold",)),
            Page("calls", _("Calls"), ("record-call",)),
            Page("withdrawals", _("Withdrawals"), ("withdrawal",)),
            Page("complaints", _("Missing or broken"), ("complaint",)),
        ),
    ),
    Area(
        "box",
        _("Parcels"),
        (
            Page(
                "consignments",
                _("Parcels"),
                ("consignment", "at-the-door", "lost", "move", "parcel-paper", "packing", "report-missing"),
            ),
            Page("picking", _("Pick list"), ("picked",)),
            Page("shortages", _("What is missing"), ("shortage",)),
            Page("manifests", _("Hand over to a courier"), ("hand-over", "manifest")),
            Page("holidays", _("Days off"), ("holiday",)),
        ),
    ),
    Area(
        "pin",
        _("Hub and shops"),
        (
            Page("stock", _("Lots"), ("stock-",)),
            Page("stock-deliveries", _("Deliveries"), ("stock-deliver", "stock-announce", "stock-photo")),
            Page("stock-transfers", _("Transfers"), ("stock-transfer",)),
            Page("stock-counts", _("Stocktakes"), ("stock-count", "stock-sheet")),
            Page("stock-hampers", _("Hampers")),
            Page("stock-wanted", _("Call-offs"), ("stock-wanted",)),
            Page("returns", _("Came back"), ("return",)),
            Page("recalls", _("Recalls"), ("recall",)),
            Page("shops", _("Solidarity shops"), ("shop",)),
        ),
    ),
    Area(
        "truck",
        _("Couriers"),
        (
            Page("couriers", _("Cash at couriers"), ("remit-cash",)),
            Page("remittances", _("Couriers' files"), ("remittance",)),
            Page("remittance-differences", pgettext_lazy("remittance", "To see to")),
            Page("tracking", _("What couriers told"), ("told",)),
            Page("status-words", _("What their words mean")),
            Page("all-couriers", _("Couriers and files"), ("courier", "take-in-statuses")),
            Page("drivers", _("Drivers"), ("driver",)),
            Page("door-reports", _("From the doors"), ("door",)),
        ),
    ),
    Area(
        "wallet",
        pgettext_lazy("office", "Money"),
        (
            Page(
                "payouts",
                _("Cooperatives' money"),
                ("payout", "owed", "run-payouts", "statement-", "not-carried-out", "run-not-carried-out"),
            ),
            Page("bank-files", _("The bank's statements"), ("bank-file", "bank-line", "close-bank-line", "ending-")),
            Page("questions", _("Cooperatives' questions"), ("question", "take-question")),
            Page("accounts", _("Bank accounts"), ("account", "propose-account", "payout-terms")),
            Page("mandates", _("Who receives for others"), ("mandate", "propose-mandate")),
            Page("advances", pgettext_lazy("money", "Advances"), ("advance", "ask-advance")),
            Page("refunds", _("Refunds"), ("refund",)),
            Page("transfers", _("Bank transfers"), ("transfer",)),
            Page("disputes", _("Disputes"), ("dispute",)),
        ),
    ),
    Area(
        "hands",
        _("Cooperatives"),
        (
            Page("cooperatives", _("Cooperatives"), ("cooperative",)),
            Page("joining", _("Applications to join"), ("joining-",)),
        ),
    ),
    Area(
        "count",
        _("Ledger"),
        (
            Page("ledger", _("Ledger"), ("ledger",)),
            Page("stamp-duty", _("Stamp duty to declare")),
            Page("reconciliation", _("Reconciliation"), ("reconciliation-step",)),
            Page("match", _("Nightly match"), ("match-",)),
            Page("closing", _("Closing months"), ("month",)),
        ),
    ),
    Area(
        "cash",
        _("Prices"),
        (
            Page("prices", _("Price lists"), ("price",)),
            Page("prices-missing", _("Without a price")),
            Page("fees", _("Fees")),
            Page("taxes", _("Taxes and sellers")),
            Page("rates", _("Exchange rates"), ("accept-old-rates", "decide-rate")),
            Page(
                "offers", _("Offers"), ("offer", "new-offer", "change-offer", "stop-offer", "codes-csv", "make-codes")
            ),
            Page("agreements", _("What cooperatives agreed to"), ("end-agreement",)),
        ),
    ),
    Area(
        "globe",
        _("Abroad"),
        (
            Page("exports", _("Exports"), ("export", "customs-paper")),
            Page("permissions", _("Papers for sending"), ("permission-end",)),
            Page("import-rules", _("On arrival abroad"), ("import-rule",)),
            Page("sdr-rates", _("What an SDR is worth")),
        ),
    ),
    Area("warning", _("Jobs"), (Page("jobs", _("Jobs"), ("job",)),)),
)
DATED = {"fee": "fees", "sdr": "sdr-rates"}
"""Which page dated rows of a kind are added on and ended from; all others are taxes."""


def menu(request: HttpRequest) -> tuple[list[Entry], list[Entry]]:
    """Return the areas that someone may open, and the pages of the one they are in; no pages where there is but one."""
    here = place_of(request.resolver_match) if request.resolver_match else None
    areas, pages = [], []
    for area in AREAS:
        seen = [page for page in area.pages if request.user.has_perms(_rights(page.name))]
        if not seen:
            continue
        is_current = here in seen
        areas.append(Entry(area.text, _address(seen[0]), is_current, area.icon))
        if is_current and len(seen) > 1:
            pages = [Entry(page.text, _address(page), page is here) for page in seen]
    return areas, pages


def place_of(match: ResolverMatch) -> Page | None:
    """Find the page of the menu that an address is, or stands under: the longest beginning of its name."""
    name = match.url_name or ""
    if name.startswith("dated-"):
        name = DATED.get(match.kwargs.get("kind", ""), "taxes")
    named = {page.name: page for page in _all()}
    if name in named:
        return named[name]
    under = [(begin, page) for page in _all() for begin in page.under if name.startswith(begin)]
    return max(under, key=lambda pair: len(pair[0]))[1] if under else None


def _all() -> Iterator[Page]:
    return (page for area in AREAS for page in area.pages)


def _address(page: Page) -> str:
    return reverse(f"office:{page.name}")


@cache
def _rights(name: str) -> tuple[str, ...]:
    """Return what the page itself asks of who opens it."""
    return access.rights_of(resolve(reverse(f"office:{name}")).func)
