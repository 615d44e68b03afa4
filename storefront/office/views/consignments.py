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

from fulfilment.warehouse import operations, policies
from fulfilment.warehouse.models import Consignment
from storefront.office import access, queries
from storefront.office.forms import ConsignmentFilter

PER_PAGE = 30
State = Consignment.State
STEPS: dict[str, tuple[Callable[..., Any], Any]] = {
    "pick": (operations.pick, gettext_lazy("Picked")),
    "pack": (operations.pack, gettext_lazy("Packed")),
    "hand_over": (operations.hand_over, gettext_lazy("Handed to the courier")),
    "deliver": (operations.deliver, gettext_lazy("Delivered")),
}


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
    context = {"consignment": found, "next_step": next_step(found), "steps": steps_of(found)}
    return render(request, "office/consignment.html", context)


@require_POST
@access.office_page(access.VIEW_CONSIGNMENTS, access.MOVE_CONSIGNMENTS)
def move(request: HttpRequest, reference: str) -> HttpResponseRedirect:
    """Do one step of a parcel's way; one that does not follow is refused with the reason."""
    found = Consignment.objects.filter(reference=reference).first()
    if found is None or request.POST.get("step") not in STEPS:
        raise Http404
    step, done = STEPS[request.POST["step"]]
    try:
        step(consignment_id=found.pk, by=request.user, now=timezone.now())
    except operations.ImpossibleMove as refused:
        words = {"parcel": refused.reference, "state": State(refused.old).label, "step": done}
        messages.error(request, _("%(parcel)s is “%(state)s” now, so it cannot become “%(step)s”.") % words)
    else:
        messages.success(request, _("%(parcel)s: %(step)s.") % {"parcel": reference, "step": done})
    back = request.POST.get("back", "")
    listed = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if listed else reverse("office:consignment", args=[reference]))


def next_step(consignment: Consignment) -> tuple[str, str] | None:
    """Return the next step's name and words, or nothing when there is none."""
    name = next(iter(policies.moves_from(consignment.state)), None)
    return (name, str(STEPS[name][1])) if name else None


def steps_of(consignment: Consignment) -> list[dict[str, Any]]:
    """Return the parcel's way for components/steps.html."""
    stages = [
        (State.OPEN, consignment.opened_at),
        (State.PICKED, consignment.picked_at),
        (State.PACKED, consignment.packed_at),
        (State.HANDED_OVER, consignment.handed_over_at),
        (State.DELIVERED, consignment.delivered_at),
    ]
    if consignment.cancelled_at:
        stages = [stage for stage in stages if stage[1]] + [(State.CANCELLED, consignment.cancelled_at)]
    return [{"name": state.label, "at": at, "state": _progress(consignment, state, at)} for state, at in stages]


def _progress(consignment: Consignment, state: Any, at: Any) -> str:
    if state == State.CANCELLED:
        return "stopped"
    if consignment.state == state and state != State.DELIVERED:
        return "here"
    return "done" if at else "next"
