"""Serving PDFs and workbooks: the one thing that the shop's, the office's and the portal's papers share."""

from django.http import Http404, HttpResponse
from django.utils import timezone

from catalogue.kernel.tables import XLSX
from fulfilment.papers import operations
from fulfilment.papers.models import ParcelPaper
from fulfilment.payouts import operations as paying
from fulfilment.payouts.models import Payout, StatementPaper
from fulfilment.payouts.queries import statement
from fulfilment.payouts.sheet import xlsx_of


def as_pdf(pdf: bytes | memoryview, name: str) -> HttpResponse:
    """Answer with a PDF under its name."""
    shown = f'inline; filename="{name}.pdf"'
    return HttpResponse(bytes(pdf), content_type="application/pdf", headers={"Content-Disposition": shown})


def parcel_paper(consignment_id: int, reference: str, kind: str) -> HttpResponse:
    """Answer with the label or slip of a parcel that the person may see, made now unless a worker was faster.

    There is none of a parcel that was called off.
    """
    if kind not in ParcelPaper.Kind.values:
        raise Http404
    try:
        made = operations.make_paper(consignment_id=consignment_id, kind=kind, now=timezone.now())
    except operations.NothingToSend:
        raise Http404 from None
    return as_pdf(made.pdf, f"{reference}-{kind}")


def statement_paper(payout: Payout, language: str) -> HttpResponse:
    """Answer with a payout's statement in one of the languages it is kept in, made now unless a worker was faster.

    There is none of what was not sent.
    """
    if language not in StatementPaper.Language.values:
        raise Http404
    try:
        made = paying.make_statement_paper(payout_id=payout.pk, language=language, now=timezone.now())
    except paying.NotSent:
        raise Http404 from None
    return as_pdf(made.pdf, f"{payout.reference}-{language}")


def statement_workbook(payout: Payout, language: str) -> HttpResponse:
    """Answer with a payout's statement as a workbook, in the language in use. There is none of what was not sent."""
    if payout.state not in Payout.SENT:
        raise Http404
    made_at = payout.settled_at or payout.run.exported_at
    shown = f'attachment; filename="{payout.reference}.xlsx"'
    content = xlsx_of(statement(payout), language, made_at=made_at)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": shown})
