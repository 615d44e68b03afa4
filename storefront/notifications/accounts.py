"""Telling a cooperative what happens to its bank account: today's contacts and those it had lately, each once."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.banking.models import BankAccount
from catalogue.banking.queries import contacts
from catalogue.cooperatives.models import Partner
from catalogue.kernel import formats
from catalogue.kernel.phones import can_receive_sms

from .cooperatives import SPOKEN, Notice, languages_of
from .models import Message
from .operations import write_message
from .policies import short

PROPOSED, APPROVED, REFUSED = "account_proposed", "account_approved", "account_refused"


NOTICES = {
    PROPOSED: Notice(
        subject=gettext_lazy("Another bank account for %(name)s"),
        text=gettext_lazy(
            "Somebody asked us to pay %(name)s to another bank account: %(account)s.\n\n"
            "If this was you, there is nothing to do: the office looks at it.\n"
            "If this was not you, or you are not sure, call us at once: %(office)s. "
            "Until it is clear no new payment is made to either account. "
            "A payment that was under way before still goes to the former account: tell us if it must be stopped."
        ),
        sms=gettext_lazy(
            "Bilad Al Khair: another bank account is asked for %(name)s: %(account)s. "
            "Was it not you? Call at once: %(office)s"
        ),
    ),
    APPROVED: Notice(
        subject=gettext_lazy("The new bank account of %(name)s"),
        text=gettext_lazy(
            "The office agreed: from %(moment)s on %(name)s is paid to this account: %(account)s.\n\n"
            "If you did not ask for this, call us before then: %(office)s. It can still be stopped."
        ),
        sms=gettext_lazy(
            "Bilad Al Khair: from %(moment)s %(name)s is paid to %(account)s. "
            "Was it not you? Call before then: %(office)s"
        ),
    ),
    REFUSED: Notice(
        subject=gettext_lazy("The bank account of %(name)s stays as it was"),
        text=gettext_lazy(
            "The office did not agree to another account for %(name)s (%(account)s): %(reason)s\n\n"
            "The account you had stays. Questions? Call us: %(office)s."
        ),
        sms=gettext_lazy(
            "Bilad Al Khair: no other account for %(name)s (%(account)s): %(reason)s Questions? %(office)s"
        ),
    ),
}


def tell_of_account(*, account_id: int, kind: str, now: datetime) -> None:
    """Write what a step of an account says to every phone and mail that the cooperative has or lately had."""
    account = BankAccount.objects.select_related("cooperative", "bank").get(pk=account_id)
    if kind == PROPOSED and not account.cooperative.is_active:
        return  # it gave this account itself when it asked to join, and has no other
    tell_contacts(
        account.cooperative,
        NOTICES[kind],
        lambda language: _facts(account, language),
        key=f"bank-account:{account.pk}:{kind}",
        kind=f"cooperative.{kind}",
        now=now,
    )


def tell_contacts(
    cooperative: Partner,
    notice: Notice,
    facts_in: Callable[[str], dict[str, str]],
    *,
    key: str,
    kind: str,
    now: datetime,
) -> None:
    """Write a notice to everyone who is or lately was a cooperative's contact, each in their language."""
    languages = languages_of(cooperative)
    for channel, recipient in _recipients(cooperative, now):
        language = languages.get(recipient, SPOKEN)
        with translation.override(language):
            facts = facts_in(language)
            subject = str(notice.subject) % facts if channel == Message.Channel.MAIL else ""
            text = str(notice.text) % facts if subject else short(str(notice.sms), facts)
        write_message(
            key=f"{key}:{recipient}",
            kind=kind,
            channel=channel,
            recipient=recipient,
            language=language,
            subject=subject,
            text=text,
            now=now,
        )


def _facts(account: BankAccount, language: str) -> dict[str, str]:
    return {
        "name": account.cooperative.short_name,
        "account": f"{account.bank.name} {account.masked}",
        "office": office_phone(),
        "moment": formats.moment(account.usable_from, language) if account.usable_from else "",
        "reason": account.reason,
    }


def office_phone() -> str:
    return formats.phone(settings.SHOP_PHONE) if settings.SHOP_PHONE else _("the office")


def _recipients(cooperative: Partner, now: datetime) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for phone, email in contacts(cooperative, now):
        reached = [(Message.Channel.SMS, phone)] if phone and can_receive_sms(phone) else []
        reached += [(Message.Channel.MAIL, email)] if email else []
        for channel, recipient in reached:
            if recipient not in seen:
                seen.add(recipient)
                yield channel, recipient
