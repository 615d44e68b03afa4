"""What an applicant does: send the application, and its papers, at once or later."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Partner
from catalogue.joining import policies
from catalogue.joining.models import Application, Document
from catalogue.kernel import photos, scans
from catalogue.kernel.constraints import broken_by
from catalogue.kernel.locks import lock

from .proving import write_code
from .steps import JoiningRefused, Kind, KnownAlready, State, WrongState, locked, move, note


@dataclass(frozen=True)
class Said:
    """What the form says, each value checked. ``confirmation`` came with the page."""

    confirmation: UUID
    language: str
    legal_form: str
    name_ar: str
    name_fr: str
    province_id: int
    commune_name: str
    register_no: str
    ice: str
    tax_id: str
    onssa_no: str
    members: int
    women_members: int
    founded_year: int
    sector: str
    products: str
    contact_name: str
    phone: str
    email: str
    rib: str


CONSTRAINTS = {
    "application_ice_once": "ice",
    "application_register_once": "register_no",
    "application_phone_once": "phone",
}


class NotADocument(JoiningRefused):
    """The file is no paper that we take; the text says why."""

    code = "not_a_document"


class TooManyDocuments(JoiningRefused):
    code = "too_many_documents"

    def __init__(self) -> None:
        super().__init__(_("So many files came with this application that we take no more: call the office."))


@dataclass(frozen=True)
class Paper:
    """A paper as it is kept: a PDF as it came, or a picture written anew as a JPEG."""

    content: bytes
    content_type: str


def read_paper(content: bytes) -> Paper:
    """Look at a file: its bytes say what it is. A picture loses its place and whatever hides in it.

    Raises ``NotADocument``.
    """
    try:
        kind = scans.check(content)
        if kind == scans.PDF:
            return Paper(content, kind)
        return Paper(photos.take_in(BytesIO(content)).content, photos.CONTENT_TYPE)
    except (scans.NotAScan, photos.NotAPhoto) as error:
        raise NotADocument(str(error)) from error


@transaction.atomic
def apply(*, said: Said, papers: Mapping[str, Paper], now: datetime) -> Application:
    """Keep an application with the papers that came along (kind: paper), and send a code to its phone.

    The same form again gives the first. One whose phone nobody proved counts for nothing, and gives way.
    Announces ``application_moved`` and ``code_given``. Raises ``KnownAlready``.
    """
    if known := Application.objects.filter(confirmation=said.confirmation).first():
        return known
    for field in ("ice", "register_no"):
        if Partner.objects.filter(**{field: getattr(said, field)}, closed_at=None).exists():
            raise KnownAlready(field)
    _give_way(said, now)
    try:
        with transaction.atomic():
            application = Application.objects.create(**asdict(said), sent_at=now)
    except IntegrityError as error:
        broken = broken_by(error)
        if broken in CONSTRAINTS:
            raise KnownAlready(CONSTRAINTS[broken]) from error
        if known := Application.objects.filter(confirmation=said.confirmation).first():
            return known
        raise
    _keep(application, papers, now)
    note(application, Kind.SENT, now)
    write_code(application, now)
    return application


def _give_way(said: Said, now: datetime) -> None:
    """Withdraw applications with one of these numbers whose code never came back."""
    same = Q(ice=said.ice) | Q(register_no=said.register_no) | Q(phone=said.phone)
    unproved = Application.objects.filter(same, state=State.SENT, phone_proved_at=None, codes_given__gt=0)
    for application in lock(unproved):
        application.reason = _("It was sent again.")
        move(application, State.WITHDRAWN, "reason")
        note(application, Kind.WITHDRAWN, now, text=application.reason)


@transaction.atomic
def send_papers(*, application_id: int, papers: Mapping[str, Paper], now: datetime) -> Application:
    """Keep papers that came later. Where the office asked for more, it looks again.

    Raises ``WrongState`` once it is decided, or ``TooManyDocuments``.
    """
    application = locked(application_id)
    if application.state not in (State.SENT, State.IN_REVIEW, State.MORE_ASKED):
        raise WrongState(application.state)
    _keep(application, papers, now)
    if application.state == State.MORE_ASKED:
        application.reason = ""
        move(application, State.IN_REVIEW, "reason")
    if papers:
        note(application, Kind.MORE_SENT, now)
    return application


def _keep(application: Application, papers: Mapping[str, Paper], now: datetime) -> None:
    if application.documents.count() + len(papers) > policies.MOST_DOCUMENTS:
        raise TooManyDocuments
    Document.objects.bulk_create(
        Document(
            application=application,
            kind=kind,
            content=paper.content,
            content_type=paper.content_type,
            size=len(paper.content),
            sha256=hashlib.sha256(paper.content).hexdigest(),
            sent_at=now,
        )
        for kind, paper in papers.items()
    )
