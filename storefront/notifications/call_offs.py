"""Telling a cooperative that the office asks it for goods."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Partner
from catalogue.kernel.periods import day_of

from .cooperatives import owners_of
from .models import Message
from .operations import write_message


def tell_cooperative(*, cooperative_id: int, now: datetime) -> None:
    """Tell a cooperative's owners, each once a day however many goods are asked for; the page lists them all."""
    cooperative = Partner.objects.get(pk=cooperative_id)
    for channel, recipient, language in owners_of(cooperative):
        with translation.override(language):
            url = settings.BASE_URL.rstrip("/") + reverse("portal:deliveries", args=[cooperative.slug])
            subject = _("We ask your cooperative for goods")
            text = _("Bilad Al Khair: we ask your cooperative for goods. See what, and answer: %(url)s") % {"url": url}
        write_message(
            key=f"call-off:{cooperative.pk}:{recipient}:{day_of(now)}",
            kind="cooperative.call_off",
            channel=channel,
            recipient=recipient,
            language=language,
            subject=subject if channel == Message.Channel.MAIL else "",
            text=text,
            now=now,
        )
