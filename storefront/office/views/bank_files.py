"""The bank's statements about payouts, lines of them that wait, and payments that were made by hand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.kernel.tables import TableRefused
from fulfilment.payouts import continuity, operations, runs
from fulfilment.payouts.endings import asked
from fulfilment.payouts.files.statement import NotAStatement
from fulfilment.payouts.models import BankFileLine, Payout
from storefront.office import access
from storefront.office.forms import GroundsForm
from storefront.office.payout_forms import CloseLineForm, ProofForm, ReturnForm, StatementForm

PER_PAGE, UNPROCESSABLE = 30, 422


@access.office_page(access.VIEW_BANK_FILES)
def bank_files(request: HttpRequest) -> HttpResponse:
    """List statements and the lines that wait, and take another statement in."""
    if request.method != "POST":
        return _list(request, StatementForm())
    access.require(request, access.TAKE_IN_BANK_FILES)
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=UNPROCESSABLE)
    try:
        file = operations.take_in(
            name=form.name, content=form.cleaned_data["file"], by=access.person(request), now=timezone.now()
        )
    except operations.KnownFile as known:
        messages.info(request, str(known))
        return redirect("office:bank-file", known.file.pk)
    except TableRefused as refused:
        return _list(request, form, refused=refused.sentences, status=UNPROCESSABLE)
    except (NotAStatement, operations.NoAccount) as refused:
        return _list(request, form, refused=[str(refused)], status=UNPROCESSABLE)
    return redirect("office:bank-file", file.pk)


def _list(
    request: HttpRequest, form: StatementForm, *, refused: list[str] | None = None, status: int = 200
) -> HttpResponse:
    page = Paginator(runs.bank_files(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "waiting": runs.waiting_lines()[:PER_PAGE],
        "gaps": continuity.after_a_gap()[:PER_PAGE],
        "endings": asked()[:PER_PAGE],
        "answer_form": GroundsForm(),
        "refused": refused,
    }
    return render(request, "office/payouts/bank_files.html", context, status=status)


@access.office_page(access.VIEW_BANK_FILES)
def bank_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a statement did, line by line."""
    file = get_object_or_404(runs.bank_files(), pk=pk)
    lines = Paginator(file.lines.select_related("payout", "closed_by"), PER_PAGE).get_page(request.GET.get("page"))
    booked_mad = continuity.in_the_books(file)
    context = {
        "file": file,
        "page_obj": lines,
        "follows_a_gap": continuity.follows_a_gap(file),
        "booked_mad": booked_mad,
        "difference_mad": None if booked_mad is None else file.closing - booked_mad,
    }
    return render(request, "office/payouts/bank_file.html", context)


@require_POST
@access.office_page(access.VIEW_BANK_FILES, access.CLOSE_BANK_LINES)
def close_line(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Note how a line that waited was seen to."""
    line, form = get_object_or_404(BankFileLine, pk=pk), CloseLineForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how it was seen to."))
    else:
        try:
            operations.close_line(
                line_id=pk, why=form.cleaned_data["why"], by=access.person(request), now=timezone.now()
            )
        except operations.AlreadyClosed:
            messages.info(request, _("Someone saw to this line before."))
        else:
            messages.success(request, _("Noted."))
    return redirect("office:bank-file", line.file_id)


@require_POST
@access.office_page(access.VIEW_PAYOUTS, access.SETTLE_PAYOUTS)
def payout_step(request: HttpRequest, reference: str, name: str) -> HttpResponseRedirect:
    """Note by hand that cash was fetched or a cheque cashed, or that it was not."""
    payout, now, by = get_object_or_404(Payout, reference=reference), timezone.now(), access.person(request)
    if name not in ("settle", "return"):
        raise Http404
    form = ProofForm(request.POST) if name == "settle" else ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the number, or the reason."))
        return redirect("office:payout", reference)
    operation = operations.settle_by_hand if name == "settle" else operations.return_by_hand
    try:
        operation(payout_id=payout.pk, **form.cleaned_data, by=by, now=now)
    except (operations.BankSays, operations.NotUnderWay) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted."))
    return redirect("office:payout", reference)
