"""Who is told what concerns a cooperative, in which language, and what a notice to it is made of."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel.phones import can_receive_sms
from catalogue.people.models import User

from .models import Message


@dataclass(frozen=True)
class Notice:
    """What a cooperative is told of one step; ``text`` is the whole mail, ``sms`` stands alone."""

    subject: Promise
    text: Promise
    sms: Promise


SPOKEN = "ar"
"""The language of a cooperative of which nobody has an account."""

SMS, MAIL = Message.Channel.SMS, Message.Channel.MAIL
To = tuple[str, str, str]
"""A channel, an address, and the language of whoever has it."""


def owners_of(cooperative: Partner) -> Iterator[To]:
    """Yield one way to each owner, a phone before a mail; where nobody is reached so, the cooperative's phone."""
    reached = False
    for person in _owners(cooperative):
        if person.phone and can_receive_sms(person.phone):
            reached = True
            yield SMS, person.phone, person.language
        elif person.email:
            reached = True
            yield MAIL, person.email, person.language
    if not reached and can_receive_sms(cooperative.phone):
        yield SMS, cooperative.phone, SPOKEN


def every_way_to(cooperative: Partner) -> Iterator[To]:
    """Yield the phones and mails of the cooperative and of its owners, each once."""
    languages = languages_of(cooperative)
    phones, mails = [cooperative.phone], [cooperative.email]
    for person in _owners(cooperative):
        phones.append(person.phone or "")
        mails.append(person.email or "")
    for phone in dict.fromkeys(filter(None, phones)):
        if can_receive_sms(phone):
            yield SMS, phone, languages.get(phone, SPOKEN)
    for mail in dict.fromkeys(filter(None, mails)):
        yield MAIL, mail, languages.get(mail, SPOKEN)


def languages_of(cooperative: Partner) -> dict[str, str]:
    """Return the languages of the people whose own phone or mail is the cooperative's."""
    rows = Membership.objects.filter(cooperative=cooperative).values_list(
        "user__phone", "user__email", "user__language"
    )
    return {contact: language for *reached, language in rows for contact in reached if contact}


def _owners(cooperative: Partner) -> list[User]:
    owners = cooperative.memberships.filter(role=Membership.Role.OWNER, user__is_active=True)
    return [owner.user for owner in owners.select_related("user").order_by("pk")]
