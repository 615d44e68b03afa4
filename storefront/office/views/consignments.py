"""Consignments: what waits, one parcel, and the buttons that move it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fulfilment.customs import queries as customs
from fulfilment.papers import operations as papers
from fulfilment.payments.queries import due_at_door
from fulfilment.rounds.queries import reports_of
from fulfilment.tracking.queries import events_of
from fulfilment.warehouse import operations, policies
from fulfilment.warehouse import queries as warehouse
from fulfilment.warehouse.models import Consignment, DeliveryAttempt
from fulfilment.warehouse.packing.queries import check_of
from fulfilment.warehouse.shortages.queries import of_parcel
from storefront.office import access, queries
from storefront.office.forms import ConsignmentFilter, DoorForm
from storefront.office.preparing.forms import MissingForm
from storefront.office.preparing.queries import kept_in
from storefront.office.refusals import STAYS, why_it_stays

PER_PAGE = 30
State, Outcome = Consignment.State, DeliveryAttempt.Outcome
DONE = {
    "pick": gettext_lazy("Picked"),
    "pack": gettext_lazy("Packed"),
    "hand_over": gettext_lazy("Handed to the courier"),
    "deliver": gettext_lazy("Delivered"),
    "take_back": gettext_lazy("It is back"),
}
STEPS: dict[str, Callable[..., Any]] = {
    "pick": operations.pick,
    "deliver": operations.deliver,
    "take_back": operations.take_back,
}
"""What a button does at once: a parcel is closed by counting it, and handed over with a manifest."""
AT_THE_DOOR = (Outcome.DELIVERED, Outcome.ABSENT, Outcome.REFUSED)


@access.office_page(access.VIEW_CONSIGNMENTS)
def consignments(request: HttpRequest) -> HttpResponse:
    """List parcels; without a filter those that wait, oldest first."""
    form = ConsignmentFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.consignments(wanted), PER_PAGE).get_page(request.GET.get("page"))
    for parcel in page:
        parcel.next_step = next_step(parcel)
    return render(request, "office/consignments.html", {"form": form, "page_obj": page})


@access.office_page(access.VIEW_CONSIGNMENTS)
def consignment(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one parcel: where it goes, what is in it, how far it is, and the next step."""
    found = queries.consignment(reference).first()
    if found is None:
        raise Http404
    attempts = list(found.delivery_attempts.all())
    context = {
        "consignment": found,
        "next_step": next_step(found),
        "steps": steps_of(found),
        "attempts": attempts,
        "reports": reports_of(found) if request.user.has_perm(access.VIEW_DOOR_REPORTS) else (),
        "visit": len(attempts) + 1 if found.state in policies.UNDER_WAY and not found.coming_back_at else None,
        "most": DeliveryAttempt.MOST,
        "reasons": DeliveryAttempt.Reason.choices,
        "couriers": warehouse.couriers() if found.state == State.PACKED else (),
        "own_round": warehouse.own_round() if found.state == State.PACKED else None,
        "check": check_of(found) if found.packed_at else None,
        "shortages": of_parcel(found),
        "missing_form": MissingForm(kept=kept_in(found)) if found.state in policies.CANCELLABLE else None,
        "customs": customs.of_parcel(found),
        "told": events_of(found),
        "may_be_lost": found.state in policies.UNDER_WAY,
        "due": due_at_door(found.order, found.reference) if found.state in policies.UNDER_WAY else None,
    }
    return render(request, "office/consignment.html", context)


@require_POST
@access.office_page(access.VIEW_CONSIGNMENTS, access.MOVE_CONSIGNMENTS)
def move(request: HttpRequest, reference: str) -> HttpResponseRedirect:
    """Do one step of a parcel's way; one that does not follow is refused with the reason."""
    found = Consignment.objects.filter(reference=reference).first()
    if found is None or request.POST.get("step") not in DONE:
        raise Http404
    name = request.POST["step"]
    if name == "pack":  # counted first
        return redirect("office:packing", reference)
    try:
        _hand_over(request, found) if name == "hand_over" else _step(request, found, name)
    except STAYS as error:
        messages.error(request, why_it_stays(reference, error))
    except operations.RecordedOtherwise as error:
        messages.error(request, _written_otherwise(reference, error))
    back = request.POST.get("back", "")
    listed = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if listed else reverse("office:consignment", args=[reference]))


def _step(request: HttpRequest, found: Consignment, name: str) -> None:
    STEPS[name](consignment_id=found.pk, by=request.user, now=timezone.now())
    messages.success(request, _("%(parcel)s: %(step)s.") % {"parcel": found.reference, "step": DONE[name]})


def _hand_over(request: HttpRequest, found: Consignment) -> None:
    """Give one parcel to the courier that was chosen, else to our own round, with a manifest of its own."""
    chosen = request.POST.get("courier", "")
    courier = next((one for one in warehouse.couriers() if str(one.pk) == chosen), None)
    if chosen and courier is None:
        raise Http404
    courier_id = courier.pk if courier else warehouse.own_round()
    if courier_id is None:
        nobody = _("%(parcel)s stays here: choose on its page which courier takes it.")
        messages.error(request, nobody % {"parcel": found.reference})
        return
    try:
        made = papers.hand_over(
            courier_id=courier_id,
            consignment_ids=[found.pk],
            language=request.LANGUAGE_CODE,
            by=access.person(request),
            now=timezone.now(),
        )
    except papers.NotPacked as error:
        state = next(parcel.state for parcel in error.parcels)
        raise operations.ImpossibleMove(found.reference, state, State.HANDED_OVER) from error
    except papers.HeldUp as error:
        raise error.why from error
    words = {"parcel": found.reference, "step": DONE["hand_over"], "manifest": made.number}
    messages.success(request, _("%(parcel)s: %(step)s, with manifest %(manifest)s.") % words)


@require_POST
@access.office_page(access.VIEW_CONSIGNMENTS, access.MOVE_CONSIGNMENTS)
def at_the_door(request: HttpRequest, reference: str) -> HttpResponseRedirect:
    """Write down how a visit of the courier ended; of two people the second is told what the first wrote."""
    found, form = Consignment.objects.filter(reference=reference).first(), DoorForm(request.POST)
    if found is None or not form.is_valid():
        raise Http404
    try:
        _record_visit(found, form.cleaned_data, access.person(request))
    except operations.ReasonMissing:
        messages.error(request, _("Choose why it was not handed in. Nothing was written yet."))
    except operations.RecordedOtherwise as error:
        messages.error(request, _written_otherwise(reference, error))
    except operations.ImpossibleMove as error:
        words = {"parcel": reference, "state": str(State(error.old).label)}
        messages.error(request, _("%(parcel)s is “%(state)s” now: this visit cannot be written down.") % words)
    else:
        words = {"parcel": reference, "outcome": str(Outcome(form.cleaned_data["outcome"]).label)}
        messages.success(request, _("%(parcel)s: %(outcome)s.") % words)
    return redirect("office:consignment", reference)


def _written_otherwise(reference: str, error: operations.RecordedOtherwise) -> str:
    words = {"parcel": reference, "outcome": str(error.attempt.get_outcome_display())}
    return _("%(parcel)s: someone wrote “%(outcome)s” for this visit. Look again.") % words


def _record_visit(found: Consignment, visit: dict[str, Any], by: Any) -> None:
    common: dict[str, Any] = {"consignment_id": found.pk, "by": by, "now": timezone.now()}
    match visit["outcome"]:
        case Outcome.DELIVERED:
            operations.deliver(**common)
        case Outcome.REFUSED:
            operations.refuse(reason=visit["reason"], **common)
        case _:
            operations.miss(number=visit["number"], reason=visit["reason"], **common)


def next_step(consignment: Consignment) -> tuple[str, str] | None:
    """Return the next step's name and words, or nothing when there is none."""
    moves = policies.moves_from(consignment.state, coming_back=consignment.coming_back_at is not None)
    name = next(iter(moves), None)
    return (name, str(DONE[name])) if name else None


def steps_of(consignment: Consignment) -> list[dict[str, Any]]:
    """Return the parcel's way for components/steps.html."""
    stages = [
        (State.OPEN, consignment.opened_at),
        (State.PICKED, consignment.picked_at),
        (State.PACKED, consignment.packed_at),
        (State.HANDED_OVER, consignment.handed_over_at),
        *([(State.IN_TRANSIT, consignment.in_transit_at)] if consignment.in_transit_at else []),
        (State.DELIVERED, consignment.delivered_at),
    ]
    if consignment.refused_at or consignment.coming_back_at or consignment.returned_at:
        stages = [stage for stage in stages[:-1] if stage[1]]
        stages += [(State.REFUSED, consignment.refused_at)] if consignment.refused_at else []
        stages += [(State.RETURNED, consignment.returned_at)]
    for state, at in ((State.CANCELLED, consignment.cancelled_at), (State.LOST, consignment.lost_at)):
        if at:
            stages = [stage for stage in stages if stage[1]] + [(state, at)]
    return [{"name": state.label, "at": at, "state": _progress(consignment, state, at)} for state, at in stages]


def _progress(consignment: Consignment, state: Any, at: Any) -> str:
    if state in (State.CANCELLED, State.REFUSED, State.LOST):
        return "stopped"
    if consignment.state == state and state != State.DELIVERED:
        return "here"
    return "done" if at else "next"
