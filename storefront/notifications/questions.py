"""Telling the other side that something was written about a line of a statement: each message once."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.people.models import User
from fulfilment.questions.models import Message as Written

from .cooperatives import MAIL, SMS, To, every_way_to
from .operations import write_message
from .policies import short

ASKED, ANSWERED = "question_asked", "question_answered"


@transaction.atomic
def tell_of_question(*, message_id: int, now: datetime) -> None:
    """Tell the cooperative of the office's answer, or the office of what was asked."""
    written = Written.objects.select_related("question__cooperative", "question__owner").get(pk=message_id)
    kind = ANSWERED if written.by_office else ASKED
    for channel, recipient, language in _recipients(written):
        with translation.override(language):
            facts = _facts(written)
            subject = _subject(written) % facts if channel == MAIL else ""
            text = _mail(written) % facts if channel == MAIL else short(_sms(written), facts)
        write_message(
            key=f"question:{written.question_id}:{written.number}:{recipient}",
            kind=f"cooperative.{ANSWERED}" if written.by_office else f"office.{kind}",
            channel=channel,
            recipient=recipient,
            language=language,
            subject=subject,
            text=text,
            now=now,
        )


def _recipients(written: Written) -> Iterator[To]:
    if written.by_office:
        yield from every_way_to(written.question.cooperative)
        return
    owner = written.question.owner
    for person in [owner] if owner and owner.is_active else _office():
        if person.email:
            yield MAIL, person.email, person.language
        elif person.phone:
            yield SMS, person.phone, person.language


def _office() -> Iterator[User]:
    """Yield whoever may answer, while nobody in particular sees to it."""
    answers = Permission.objects.filter(content_type__app_label="questions", codename="add_message")
    groups = Group.objects.filter(permissions__in=answers)
    yield from User.objects.filter(groups__in=groups, is_active=True, is_staff=True).distinct().order_by("pk")


def _subject(written: Written) -> str:
    if written.by_office:
        return _("The office answered your question")
    return _("%(name)s asks about a line of a statement")


def _mail(written: Written) -> str:
    if written.by_office:
        return _("The office answered your question about a line of your statement:\n\n%(what)s\n\nSee it: %(url)s")
    return _("%(name)s asks about a line of a statement:\n\n%(what)s\n\nAnswer: %(url)s")


def _sms(written: Written) -> str:
    if written.by_office:
        return _("Bilad Al Khair: the office answered your question: %(what)s %(url)s")
    return _("Bilad Al Khair: %(name)s asks: %(what)s %(url)s")


def _facts(written: Written) -> dict[str, str]:
    question = written.question
    if written.by_office:
        address = reverse("portal:money-line", args=[question.cooperative.slug, question.ledger_line_id])
    else:
        address = reverse("office:question", args=[question.pk])
    return {
        "name": question.cooperative.short_name,
        "what": written.text,
        "url": settings.BASE_URL.rstrip("/") + address,
    }
