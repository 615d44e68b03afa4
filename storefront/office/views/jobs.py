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
from fulfilment.reports import queries
from storefront.office import access

PER_PAGE = 50


@access.office_page(access.VIEW_JOBS)
def jobs(request: HttpRequest) -> HttpResponse:
    """List dead and late jobs."""
    page = Paginator(queries.troubled_jobs(timezone.now()), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/jobs.html", {"page_obj": page, "dead": Job.State.DEAD})


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
