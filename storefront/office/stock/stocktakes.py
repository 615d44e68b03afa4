"""Counting a hub or a shop, by scan or by sheet."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalogue.kernel.tables import XLSX, TableRefused
from catalogue.receiving import operations, reading
from catalogue.receiving.models import Stocktake
from storefront.office import access

from .forms import FileForm, PlaceForm, ScanForm
from .queries import counted_lines, not_counted, stocktakes_listed

PER_PAGE, SHOWN = 50, 100
MOST_BYTES = 2 * 1024 * 1024
UNPROCESSABLE = 422


@access.office_page(access.VIEW_STOCK)
def stocktakes(request: HttpRequest) -> HttpResponse:
    """List stocktakes, and begin one."""
    form = PlaceForm(request.POST or None)
    if request.method == "POST":
        access.require(request, access.COUNT_STOCK)
        if form.is_valid():
            made = operations.open_stocktake(
                place=form.cleaned_data["place"], by=access.person(request), now=timezone.now()
            )
            return redirect("office:stock-count", made.pk)
    page = Paginator(stocktakes_listed(), PER_PAGE).get_page(request.GET.get("page"))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "office/stock/counts.html", {"form": form, "page_obj": page}, status=status)


@access.office_page(access.VIEW_STOCK)
def stocktake(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _stocktake(pk))


@access.office_page(access.VIEW_STOCK, access.COUNT_STOCK)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the sheet to fill in."""
    found = _stocktake(pk)
    content = reading.sheet(not_counted(found))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.xlsx"'
    return answer


@require_POST
@access.office_page(access.VIEW_STOCK, access.COUNT_STOCK)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Count one lot or a file, apply the stocktake, or drop it."""
    found = _stocktake(pk)
    try:
        match step:
            case "scan":
                return _scan(request, found)
            case "file":
                return _file(request, found)
            case "apply":
                return _apply(request, found)
            case "drop":
                operations.drop_stocktake(stocktake_id=pk, by=access.person(request), now=timezone.now())
            case _:
                raise Http404
    except operations.StocktakeEnded:
        messages.warning(request, _("This stocktake has ended already."))
    return redirect("office:stock-count", pk)


def _scan(request: HttpRequest, found: Stocktake) -> HttpResponse:
    form = ScanForm(request.POST)
    if form.is_valid():
        code, pieces = form.cleaned_data["code"], form.cleaned_data["pieces"]
        try:
            line = operations.count_one(
                stocktake_id=found.pk,
                code=code,
                pieces=1 if pieces is None else pieces,
                add=pieces is None,
                by=access.person(request),
                now=timezone.now(),
            )
        except operations.NotFound as error:
            form.add_error("code", _not_found(error))
        except operations.MovedMeanwhile as error:
            words = _("Pieces of %(lot)s left or came while you counted. Count it again and write how many in all.")
            form.add_error("pieces", words % {"lot": error.lot})
        else:
            messages.success(request, f"{line.stock.lot}: {line.counted}")
            return redirect("office:stock-count", found.pk)
    return _page(request, found, scan=form)


def _not_found(error: operations.NotFound) -> str:
    if error.numbers:
        words = _("Several lots of “%(code)s” lie here: scan the lot number. They are %(lots)s.")
        return words % {"code": error.code, "lots": ", ".join(error.numbers)}
    return _("No lot bears “%(code)s”. Nothing was written; look at the label again.") % {"code": error.code}


def _file(request: HttpRequest, found: Stocktake) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        content = form.cleaned_data["file"].read(MOST_BYTES + 1)
        try:
            number = operations.count_file(
                stocktake_id=found.pk, content=content, by=access.person(request), now=timezone.now()
            )
        except TableRefused as refused:
            form.add_error("file", _("Nothing was written."))
            return _page(request, found, file=form, problems=refused.sentences)
        words = ngettext("%(count)s lot was counted.", "%(count)s lots were counted.", number)
        messages.success(request, words % {"count": number})
        return redirect("office:stock-count", found.pk)
    return _page(request, found, file=form)


def _apply(request: HttpRequest, found: Stocktake) -> HttpResponse:
    access.require(request, access.APPLY_COUNTS)
    try:
        number = operations.apply_stocktake(stocktake_id=found.pk, by=access.person(request), now=timezone.now())
    except operations.StocktakeRefused as refused:
        return _page(request, found, problems=list(refused.reasons.values()))
    except operations.NothingCounted:
        messages.warning(request, _("Nothing is counted yet."))
    else:
        words = ngettext("%(count)s lot was put right.", "%(count)s lots were put right.", number)
        messages.success(request, words % {"count": number})
    return redirect("office:stock-count", found.pk)


def _stocktake(pk: int) -> Stocktake:
    found = Stocktake.objects.filter(pk=pk).select_related("place", "opened_by", "ended_by").first()
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    found: Stocktake,
    *,
    scan: ScanForm | None = None,
    file: FileForm | None = None,
    problems: list[str] | None = None,
) -> HttpResponse:
    lines, rest = counted_lines(found), not_counted(found)
    context = {
        "stocktake": found,
        "is_open": found.state == Stocktake.State.OPEN,
        "lines": lines,
        "rest": rest[:SHOWN],
        "rest_count": rest.count(),
        "scan": scan or ScanForm(),
        "file": file or FileForm(),
        "problems": problems,
    }
    is_wrong = problems or (scan and scan.errors) or (file and file.errors)
    return render(request, "office/stock/count.html", context, status=UNPROCESSABLE if is_wrong else 200)
