"""What cooperatives ask about lines of their statements: what waits and since when, and the answer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from fulfilment.payouts.opening import open_line
from fulfilment.questions import operations, queries
from fulfilment.questions.models import Question
from storefront.asking.forms import MessageForm, new_form
from storefront.office import access

PER_PAGE, LATE_DAYS = 30, 3
UNPROCESSABLE = 422
LISTS = {"waiting": gettext_lazy("To answer"), "over": pgettext_lazy("questions", "Answered")}


@access.office_page(access.VIEW_QUESTIONS)
def questions(request: HttpRequest) -> HttpResponse:
    """List questions: those that wait, the oldest first, with their age; or those that are answered."""
    which = request.GET.get("which", "waiting")
    if which not in LISTS:
        raise Http404
    page = Paginator(queries.worklist(waiting=which == "waiting"), PER_PAGE).get_page(request.GET.get("page"))
    found, now = list(page.object_list), timezone.now()
    titles = queries.titles_of(found)
    rows = [(one, titles.get(one.pk, ""), (now - (one.waits_since or now)).days) for one in found]
    tabs = [(title, f"?which={name}", name == which) for name, title in LISTS.items()]
    context = {"tabs": tabs, "page_obj": page, "rows": rows, "late": LATE_DAYS, "waits": which == "waiting"}
    return render(request, "office/questions.html", context)


@access.office_page(access.VIEW_QUESTIONS)
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a question with its line; take in an answer from whoever may give one."""
    found = get_object_or_404(Question.objects.select_related("cooperative", "owner"), pk=pk)
    form, status = new_form(), 200
    if request.method == "POST":
        access.require(request, access.ANSWER_QUESTIONS)
        form, status = MessageForm(request.POST), UNPROCESSABLE
        if form.is_valid() and _answer(request, found, form):
            return redirect("office:question", pk)
    context = {
        "question": found,
        "opened": open_line(found.cooperative, found.ledger_line_id, timezone.now()),
        "said": queries.messages_of(found),
        "form": form,
    }
    return render(request, "office/question.html", context, status=status)


@require_POST
@access.office_page(access.VIEW_QUESTIONS, access.TAKE_QUESTIONS)
def take(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Say that one sees to it oneself."""
    found = get_object_or_404(Question, pk=pk)
    operations.take(question_id=found.pk, by=access.person(request))
    messages.success(request, _("It is yours: what is written from now on is told to you alone."))
    return redirect("office:question", pk)


def _answer(request: HttpRequest, found: Question, form: MessageForm) -> bool:
    try:
        operations.answer(question_id=found.pk, by=access.person(request), now=timezone.now(), **form.cleaned_data)
    except operations.OthersWords:
        form.add_error(None, _("This page is too old. Please write it again."))
        return False
    messages.success(request, _("Sent. The cooperative is told."))
    return True
