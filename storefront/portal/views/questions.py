"""A line of a statement, opened: what became of it, and asking the office about it. Nothing says who bought it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.payouts.opening import open_line
from fulfilment.questions import operations, queries
from storefront.asking.forms import MessageForm, new_form

from .. import access
from ..access import Desk

UNPROCESSABLE = 422


@access.portal_page()
def line(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Show one line of the cooperative's own statements and what was said about it; take in a question."""
    opened = open_line(desk.cooperative, pk, timezone.now())
    if opened is None:
        raise Http404
    form, status = new_form(), 200
    if request.method == "POST":
        form, status = MessageForm(request.POST), UNPROCESSABLE
        if form.is_valid() and _ask(request, desk, pk, form):
            return redirect("portal:money-line", desk.cooperative.slug, pk)
    question = queries.question_about(pk)
    context = {
        "opened": opened,
        "question": question,
        "said": queries.messages_of(question) if question else (),
        "form": form,
    }
    return render(request, "portal/money_line.html", context, status=status)


def _ask(request: HttpRequest, desk: Desk, pk: int, form: MessageForm) -> bool:
    try:
        operations.ask(
            cooperative=desk.cooperative, leg_id=pk, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except operations.TooManyUnanswered as refusal:
        form.add_error(None, str(refusal))
        return False
    except operations.OthersWords:
        form.add_error(None, _("This page is too old. Please write it again."))
        return False
    messages.success(request, _("Sent. We tell you as soon as the office has answered."))
    return True
