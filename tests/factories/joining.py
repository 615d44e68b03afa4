"""Applications to join for tests, as far along their way as a test wants them."""

from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from catalogue.joining import links, operations
from catalogue.joining.models import Application
from catalogue.joining.operations import Paper, Said
from catalogue.people.models import User

from .catalogue import make_province
from .people import make_staff

PDF = b"%PDF-1.7 statutes"
STATES = ("SENT", "IN_REVIEW", "APPROVED", "OFFERED", "AGREED")
numbers = count(1)


def make_ice(number: int) -> str:
    """Return a company number with the right check digits."""
    first = f"{number:013d}"
    return first + f"{-int(first) * 100 % 97:02d}"


def typed(**fields: Any) -> dict[str, Any]:
    """Return what someone types into the form, of a cooperative that weaves unless said otherwise."""
    number = next(numbers)
    return {
        "confirmation": str(uuid4()),
        "legal_form": "cooperative",
        "name_ar": "تعاونية النسيج",
        "name_fr": f"Coopérative Nassij {number}",
        "sector": "weaving",
        "products": "rugs",
        "province": make_province().pk,
        "commune_name": "Ghafsai",
        "founded_year": "2015",
        "members": "12",
        "women_members": "12",
        "register_no": f"RLC-TAO-{number}/2015",
        "ice": make_ice(7000 + number),
        "tax_id": f"4{number:07d}",
        "onssa_no": "",
        "contact_name": "Fatima Ezzahra",
        "phone": f"07401{number:05d}",
        "email": "",
        "rib": "",
    } | fields


def make_said(**fields: Any) -> Said:
    """Return a whole application as the form hands it over."""
    values = typed()
    number = values["phone"].removeprefix("0")
    values |= {
        "confirmation": uuid4(),
        "language": "fr",
        "phone": f"+212{number}",
        "province_id": values.pop("province"),
    }
    values |= {"founded_year": 2015, "members": 12, "women_members": 12}
    return Said(**values | fields)


def make_papers(*kinds: str) -> dict[str, Paper]:
    return {kind: Paper(PDF, "application/pdf") for kind in kinds or ("statutes", "register", "rib", "onssa")}


def make_application(
    state: str = "SENT", *, approver: User | None = None, offerer: User | None = None, **fields: Any
) -> Application:
    """Send an application with all papers, prove its phone and take it as far as ``state`` (one of ``STATES``)."""
    now = timezone.now()
    application = send_application(now=now, **fields)
    way = STATES[1 : STATES.index(state) + 1]
    if "IN_REVIEW" in way:
        approver = approver or make_staff("catalogue")
        operations.take(application_id=application.pk, by=approver, now=now)
    if "APPROVED" in way:
        operations.approve(application_id=application.pk, with_account=True, by=approver, now=now)
    if "OFFERED" in way:
        agreement = offer(application, offerer or make_staff("finance"), now=now)
    if "AGREED" in way:
        operations.accept_terms(application_id=application.pk, agreement_id=agreement.pk, name="Fatima", now=now)
    return Application.objects.get(pk=application.pk)


def send_application(*, now: datetime, papers: Any = None, is_proved: bool = True, **fields: Any) -> Application:
    """Send an application, and type the code that came to its phone."""
    papers = make_papers() if papers is None else papers
    application = operations.apply(said=make_said(**fields), papers=papers, now=now)
    return prove(application, now=now) if is_proved else application


def prove(application: Application, *, now: datetime) -> Application:
    """Type the code that came to the phone of an application."""
    return operations.prove_phone(application_id=application.pk, code=links.code_of(application), now=now)


def offer(application: Application, by: User, *, now: datetime, **fields: Any) -> Any:
    """Write down terms for an approved application."""
    values = {"valid_from": date(2026, 12, 1), "method": "cash_at_agency", "cycle": "weekly", "words": ""}
    return operations.offer_terms(application_id=application.pk, by=by, now=now, **values | fields)
