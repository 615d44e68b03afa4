"""Telling a cooperative that another is to receive its money: today's contacts and those it had lately, each once."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from catalogue.banking.models import Mandate
from catalogue.kernel import formats

from .accounts import office_phone, tell_contacts
from .cooperatives import Notice

PROPOSED = Notice(
    subject=gettext_lazy("Who receives the money of %(name)s"),
    text=gettext_lazy(
        "Somebody asked us to pay what %(name)s earns to %(receiver)s from %(day)s on. Signed by: %(signed_by)s.\n\n"
        "If this was agreed, there is nothing to do: the office looks at it.\n"
        "If it was not, or you are not sure, call us at once: %(office)s."
    ),
    sms=gettext_lazy(
        "Bilad Al Khair: the money of %(name)s is to go to %(receiver)s from %(day)s on. "
        "Not agreed? Call at once: %(office)s"
    ),
)


def tell_of_mandate(*, mandate_id: int, now: datetime) -> None:
    """Write what is asked for to every phone and mail that the member has or lately had."""
    mandate = Mandate.objects.select_related("cooperative", "receiver").get(pk=mandate_id)
    tell_contacts(
        mandate.cooperative,
        PROPOSED,
        lambda language: _facts(mandate, language),
        key=f"mandate:{mandate.pk}",
        kind="cooperative.mandate_proposed",
        now=now,
    )


def _facts(mandate: Mandate, language: str) -> dict[str, str]:
    return {
        "name": mandate.cooperative.short_name,
        "receiver": mandate.receiver.short_name,
        "day": formats.day(mandate.from_day, language),
        "signed_by": mandate.signed_by,
        "office": office_phone(),
    }
