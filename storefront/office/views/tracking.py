"""What couriers told: what nobody could take up, and what a person says of it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from fulfilment.tracking import operations, queries
from fulfilment.tracking.models import StatusWord, TrackingEvent
from fulfilment.warehouse import on_the_way
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from storefront.office import access
from storefront.office.tracking_forms import AsideForm, LostForm, ParcelForm, WordForm

PER_PAGE, LATE_DAYS, UNPROCESSABLE = 30, 2, 422
LISTS = {
    "open": gettext_lazy("To look at"),
    "late": gettext_lazy("Told late"),
    "aside": gettext_lazy("Set aside"),
    "applied": gettext_lazy("Taken up"),
}


@access.office_page(access.VIEW_TRACKING)
def told(request: HttpRequest) -> HttpResponse:
    """List what couriers told; first what could not be taken up, the oldest before the others."""
    which = request.GET.get("which", "open")
    if which not in LISTS:
        raise Http404
    page = Paginator(queries.events(which), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    for event in page:
        event.days = (now - event.received_at).days  # type: ignore[attr-defined]
    tabs = [(title, f"?which={name}", name == which) for name, title in LISTS.items()]
    return render(request, "office/tracking/list.html", {"tabs": tabs, "page_obj": page, "late": LATE_DAYS})


@access.office_page(access.VIEW_TRACKING)
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one thing that was told, and what can be done with it."""
    return _page(request, _found(pk))


def _found(pk: int) -> TrackingEvent:
    events = TrackingEvent.objects.select_related(
        "courier", "consignment__order", "file", "assigned_by", "set_aside_by"
    )
    found = events.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: TrackingEvent, **forms: Any) -> HttpResponse:
    wrong = any(form.errors for form in forms.values())
    context = {
        "event": found,
        "days": (timezone.now() - found.received_at).days,
        "parcel_form": forms.get("parcel") or ParcelForm(auto_id="parcel_%s"),
        "word_form": forms.get("word") or _word_form(found),
        "aside_form": forms.get("aside") or AsideForm(auto_id="aside_%s"),
    }
    return render(request, "office/tracking/event.html", context, status=UNPROCESSABLE if wrong else 200)


def _word_form(found: TrackingEvent) -> WordForm:
    return WordForm(initial={"word": found.word, "courier": found.courier_id}, auto_id="word_%s")


@require_POST
@access.office_page(access.VIEW_TRACKING, access.SEE_TO_TRACKING)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which parcel was meant; it is looked at again."""
    found, form = _found(pk), ParcelForm(request.POST, auto_id="parcel_%s")
    if not form.is_valid():
        return _page(request, found, parcel=form)
    reference = form.cleaned_data["reference"]
    try:
        operations.assign_parcel(event_id=pk, reference=reference, by=access.person(request), now=timezone.now())
    except operations.NoSuchParcel:
        form.add_error("reference", _("There is no parcel %(parcel)s.") % {"parcel": reference})
        return _page(request, found, parcel=form)
    except operations.NotToSeeTo:
        messages.warning(request, _seen_meanwhile())
    else:
        messages.success(request, _("Noted. What was told of it is looked at again in a moment."))
    return redirect("office:told", pk)


@require_POST
@access.office_page(access.VIEW_TRACKING, access.SEE_TO_TRACKING, access.TEACH_WORDS)
def teach(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what this event's word means; all that waited for it is looked at again."""
    found = _found(pk)
    form = WordForm(request.POST, auto_id="word_%s")
    if not form.is_valid():
        return _page(request, found, word=form)
    _teach(request, form)
    return redirect("office:told", pk)


@require_POST
@access.office_page(access.VIEW_TRACKING, access.SEE_TO_TRACKING)
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave an event as it is, and say why."""
    found, form = _found(pk), AsideForm(request.POST, auto_id="aside_%s")
    if not form.is_valid():
        return _page(request, found, aside=form)
    try:
        operations.set_aside(
            event_id=pk, remark=form.cleaned_data["remark"], by=access.person(request), now=timezone.now()
        )
    except operations.NotToSeeTo:
        messages.warning(request, _seen_meanwhile())
    else:
        messages.success(request, _("Set aside. It stays on the list of what was set aside."))
    return redirect("office:tracking")


def _seen_meanwhile() -> str:
    return _("Somebody saw to it meanwhile. Nothing was changed.")


@require_http_methods(["GET", "HEAD", "POST"])
@access.office_page(access.VIEW_WORDS)
def words(request: HttpRequest) -> HttpResponse:
    """List what each status means, and teach one."""
    form = WordForm(request.POST or None, initial=_wanted(request))
    if request.method == "POST":
        access.require(request, access.TEACH_WORDS)
        if form.is_valid():
            _teach(request, form)
            return redirect("office:status-words")
    context = {"form": form, "words": queries.words()}
    return render(request, "office/tracking/words.html", context, status=UNPROCESSABLE if form.errors else 200)


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """Return the word that ``?change=`` names, to be given another meaning."""
    pk = request.GET.get("change", "")
    word = StatusWord.objects.filter(pk=pk).first() if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
    if word is None:
        return {}
    return {"word": word.word, "courier": word.courier_id, "meaning": word.meaning, "reason": word.reason}


def _teach(request: HttpRequest, form: WordForm) -> None:
    data, now = form.cleaned_data, timezone.now()
    taught = operations.teach_word(
        word=data["word"],
        meaning=data["meaning"],
        reason=data["reason"],
        courier_id=data["courier"].pk if data["courier"] else None,
        by=access.person(request),
        now=now,
    )
    words = {"word": data["word"], "meaning": taught.get_meaning_display()}
    messages.success(
        request, _("Noted: “%(word)s” means “%(meaning)s”. What waited for it is looked at again.") % words
    )


@require_POST
@access.office_page(access.VIEW_CONSIGNMENTS, access.MOVE_CONSIGNMENTS)
def lost(request: HttpRequest, reference: str) -> HttpResponseRedirect:
    """Say that a courier lost a parcel."""
    found, form = Consignment.objects.filter(reference=reference).first(), LostForm(request.POST)
    if found is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Write how it was lost. Nothing was written yet."))
        return redirect("office:consignment", reference)
    try:
        on_the_way.lose(
            consignment_id=found.pk, why=form.cleaned_data["why"], by=access.person(request), now=timezone.now()
        )
    except warehouse.ImpossibleMove as error:
        words = {"parcel": reference, "state": str(Consignment.State(error.old).label)}
        messages.error(request, _("%(parcel)s is “%(state)s” now, so it cannot be lost on the way.") % words)
    else:
        said = _("%(parcel)s is lost. What was paid for it is given back, and the office pays its cooperative.")
        messages.success(request, said % {"parcel": reference})
    return redirect("office:consignment", reference)
