"""Telling a cooperative that the office changes how it is reached, or who owns its pages: the former ones too."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from catalogue.cooperatives.models import Appointment, CooperativeStep
from catalogue.kernel import formats

from .accounts import office_phone, tell_contacts
from .cooperatives import Notice

CHANGED = Notice(
    subject=gettext_lazy("How we reach %(name)s"),
    text=gettext_lazy(
        "We reach %(name)s on %(phone)s from now on.\n\n"
        "If this was you, there is nothing to do. If it was not, or you are not sure, call us at once: %(office)s."
    ),
    sms=gettext_lazy(
        "Bilad Al Khair: we reach %(name)s on %(phone)s from now on. Was it not you? Call at once: %(office)s"
    ),
)
OWNER = Notice(
    subject=gettext_lazy("Another owner for %(name)s"),
    text=gettext_lazy(
        "%(person)s is to open the pages of %(name)s as an owner, with the phone %(phone)s.\n\n"
        "If this was agreed, there is nothing to do: the office looks at it.\n"
        "If it was not, or you are not sure, call us at once: %(office)s."
    ),
    sms=gettext_lazy(
        "Bilad Al Khair: %(person)s (%(phone)s) is to own the pages of %(name)s. Not agreed? Call at once: %(office)s"
    ),
)


def tell_of_contact(*, step_id: int, now: datetime) -> None:
    """Write how a cooperative is reached from now on to every phone and mail that it has or lately had."""
    step = CooperativeStep.objects.select_related("cooperative").get(pk=step_id)
    facts = {"name": step.cooperative.short_name, "phone": formats.phone(step.cooperative.phone)}
    tell_contacts(
        step.cooperative,
        CHANGED,
        lambda _language: facts | {"office": office_phone()},
        key=f"contact:{step.pk}",
        kind="cooperative.contact_changed",
        now=now,
    )


def tell_of_owner(*, appointment_id: int, now: datetime) -> None:
    """Write who is to be an owner to every phone and mail that a cooperative has or lately had."""
    asked = Appointment.objects.select_related("cooperative").get(pk=appointment_id)
    facts = {"name": asked.cooperative.short_name, "person": asked.name, "phone": formats.phone(asked.phone)}
    tell_contacts(
        asked.cooperative,
        OWNER,
        lambda _language: facts | {"office": office_phone()},
        key=f"owner:{asked.pk}",
        kind="cooperative.owner_proposed",
        now=now,
    )
