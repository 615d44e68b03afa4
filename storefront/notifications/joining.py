"""Telling whoever applied to join what happened to the application: by SMS, and by mail where there is an address."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from catalogue.banking.queries import contacts
from catalogue.cooperatives.models import Membership
from catalogue.joining.links import code_of, status_url
from catalogue.joining.models import Application, PayoutTerms, Step
from catalogue.kernel.phones import can_receive_sms

from .accounts import office_phone
from .cooperatives import SPOKEN
from .models import CODE, Message
from .operations import write_message
from .policies import short

Kind = Step.Kind


@dataclass(frozen=True)
class Notice:
    """What a step says; the mail repeats the SMS under a subject."""

    subject: Promise
    sms: Promise


NOTICES = {
    Kind.PROVED: Notice(
        gettext_lazy("Your application is here"),
        gettext_lazy(
            "Bilad Al Khair: the application of %(name)s is here. What is missing and what comes next: %(url)s"
        ),
    ),
    Kind.MORE_ASKED: Notice(
        gettext_lazy("Your application: something is missing"),
        gettext_lazy("Bilad Al Khair: for the application of %(name)s we need more: %(reason)s %(url)s"),
    ),
    Kind.REFUSED: Notice(
        gettext_lazy("Your application was refused"),
        gettext_lazy("Bilad Al Khair: the application of %(name)s was refused: %(reason)s %(url)s"),
    ),
    Kind.WITHDRAWN: Notice(
        gettext_lazy("Your application was withdrawn"),
        gettext_lazy("Bilad Al Khair: the application of %(name)s was withdrawn: %(reason)s %(url)s"),
    ),
    Kind.PHONE_ASKED: Notice(
        gettext_lazy("Another phone for your application"),
        gettext_lazy(
            "Bilad Al Khair: the contact of %(name)s is to have another phone. Was it not you? Call at once: %(office)s"
        ),
    ),
    Kind.PHONE_SET: Notice(
        gettext_lazy("Your application has another phone"),
        gettext_lazy("Bilad Al Khair: this is now the phone of the contact of %(name)s. Its application: %(url)s"),
    ),
    Kind.APPROVED: Notice(
        gettext_lazy("Your application is approved"),
        gettext_lazy("Bilad Al Khair: %(name)s is approved. We write down the terms and tell you. %(url)s"),
    ),
    Kind.OFFERED: Notice(
        gettext_lazy("Your terms are ready to read"),
        gettext_lazy("Bilad Al Khair: the terms for %(name)s are ready. Read them and agree to them here: %(url)s"),
    ),
    Kind.ACTIVATED: Notice(
        gettext_lazy("Welcome to Bilad Al Khair"),
        gettext_lazy("Bilad Al Khair: welcome, %(name)s. Your pages are open: %(portal)s"),
    ),
}
"""What is not told was done by the applicant, or changes nothing for them. The address comes with the proved phone."""
FOR_THE_PHONE_ALONE = {Kind.PHONE_SET}

CODE_SMS = gettext_lazy("Bilad Al Khair: %(code)s is your code. It is good for one hour. Tell it to nobody.")
TERMS_SMS = gettext_lazy(
    "Bilad Al Khair: %(name)s is now paid so: %(method)s, %(cycle)s. Was it not you who asked? Call: %(office)s"
)


def tell_of_step(*, step_id: int, now: datetime) -> None:
    """Write what a step says to the contact's phone, and to the e-mail where there is one: each step once."""
    step = Step.objects.select_related("application").get(pk=step_id)
    application, notice = step.application, NOTICES.get(Kind(step.kind))
    if notice is None or (application.phone_proved_at is None and application.owner_id is None):
        return  # nobody proved to have this phone, nor did anybody of the office see to it
    with translation.override(application.language):
        facts = {
            "name": application.name_fr if application.language != "ar" else application.name_ar,
            "reason": step.note,
            "url": status_url(application),
            "office": office_phone(),
            "portal": settings.BASE_URL.rstrip("/") + reverse("portal:home"),
        }
        subject, sms, text = str(notice.subject), short(str(notice.sms), facts), str(notice.sms) % facts
    _write(f"joining:{step.pk}", f"joining.{step.kind}", Message.Channel.SMS, application.phone, application, sms, now)
    if application.email and step.kind not in FOR_THE_PHONE_ALONE:
        key = f"joining:{step.pk}:mail"
        _write(key, f"joining.{step.kind}", Message.Channel.MAIL, application.email, application, text, now, subject)


def tell_code(*, application_id: int, now: datetime) -> None:
    """Send the code that was given last, to the contact's phone alone."""
    application = Application.objects.get(pk=application_id)
    with translation.override(application.language):
        text = str(CODE_SMS) % {"code": code_of(application)}
    key = f"joining:{application.pk}:code:{application.codes_given}"
    _write(key, f"joining.{CODE}", Message.Channel.SMS, application.phone, application, text, now)


def _write(
    key: str,
    kind: str,
    channel: str,
    recipient: str,
    application: Application,
    text: str,
    now: datetime,
    subject: str = "",
) -> None:
    write_message(
        key=key,
        kind=kind,
        channel=channel,
        recipient=recipient,
        language=application.language,
        subject=subject,
        text=text,
        now=now,
    )


def tell_payout_terms(*, terms_id: int, now: datetime) -> None:
    """Tell every phone that the cooperative has, or lately had, how it is paid from now on."""
    terms = PayoutTerms.objects.select_related("cooperative").get(pk=terms_id)
    owners = Membership.objects.filter(cooperative=terms.cooperative, user__phone__isnull=False)
    languages = dict(owners.values_list("user__phone", "user__language"))
    for phone in dict.fromkeys(phone for phone, _email in contacts(terms.cooperative, now) if phone):
        if not can_receive_sms(phone):
            continue
        language = languages.get(phone, SPOKEN)
        with translation.override(language):
            facts = {
                "name": terms.cooperative.short_name,
                "method": terms.get_method_display(),
                "cycle": terms.get_cycle_display(),
                "office": office_phone(),
            }
            text = short(str(TERMS_SMS), facts)
        write_message(
            key=f"payout-terms:{terms.pk}:{phone}",
            kind="cooperative.payout_terms",
            channel=Message.Channel.SMS,
            recipient=phone,
            language=language,
            text=text,
            now=now,
        )
