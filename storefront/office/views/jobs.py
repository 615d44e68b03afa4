"""Work that a worker has not done: late jobs and dead letters."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfilment.jobs import operations
from fulfilment.jobs.models import Job
from fulfilment.jobs.queries import let_be as let_be_ones
from fulfilment.reports import queries
from storefront.office import access
from storefront.office.forms import GroundsForm

PER_PAGE = 50


@access.office_page(access.VIEW_JOBS)
def jobs(request: HttpRequest) -> HttpResponse:
    """List dead and late jobs, or those that someone let be."""
    shows_let_be = request.GET.get("state") == "let-be"
    found = let_be_ones() if shows_let_be else queries.troubled_jobs(timezone.now())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "dead": Job.State.DEAD, "shows_let_be": shows_let_be}
    return render(request, "office/jobs.html", context)


@require_POST
@access.office_page(access.VIEW_JOBS, access.RETRY_JOBS)
def again(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Try a dead job again from the start."""
    if not Job.objects.filter(pk=pk).exists():
        raise Http404
    if operations.revive(job_id=pk, now=timezone.now()):
        messages.success(request, _("It will be tried again now."))
    else:
        messages.info(request, _("This job is not dead any more; nothing was changed."))
    return redirect("office:jobs")


@require_POST
@access.office_page(access.VIEW_JOBS, access.LET_JOBS_BE)
def let_be(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Let a dead job be, with a reason."""
    form = GroundsForm(request.POST)
    reason = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        operations.let_be(job_id=pk, reason=reason, by=access.person(request), now=timezone.now())
    except Job.DoesNotExist:
        raise Http404 from None
    except operations.NoReason:
        messages.error(request, _("Write in a few words why."))
    except operations.NotDead:
        messages.info(request, _("This job is not dead any more; nothing was changed."))
    else:
        messages.success(request, _("Let be. The reason is kept, and it can still be tried again."))
    return redirect("office:jobs")
