"""Telling a cooperative that money waits for it, that it was paid, or that a payment came back: each once.

What is paid at an agency or by cheque has words of its own, as has a transfer whose account is not at fault.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.banking.models import BankAccount
from catalogue.kernel import formats
from catalogue.kernel.money import MAD
from fulfilment.payouts.models import Payout
from fulfilment.payouts.queries import statement
from fulfilment.payouts.statements import Statement

from .cooperatives import MAIL, Notice, every_way_to
from .operations import write_message
from .policies import short

READY, SETTLED, RETURNED = "payout_ready", "payout_settled", "payout_returned"
AGENCY, CHEQUE = "cash_at_agency", "cheque"
NOT_CARRIED_OUT = "not_carried_out"
"""Of a transfer: nothing is wrong with the account that it was for."""


NOTICES = {
    SETTLED: Notice(
        subject=gettext_lazy("%(name)s was paid %(amount)s"),
        text=gettext_lazy(
            "Sold and owed: %(brought_in)s\nTaken off: %(taken_off)s\nPaid on %(day)s: %(amount)s\n\n"
            "Line by line, with the statement to print: %(url)s"
        ),
        sms=gettext_lazy(
            "Bilad Al Khair, %(name)s\nSold and owed: %(brought_in)s\nTaken off: %(taken_off)s\n"
            "Paid on %(day)s: %(amount)s"
        ),
    ),
    RETURNED: Notice(
        subject=gettext_lazy("A payment to %(name)s came back"),
        text=gettext_lazy(
            "Our payment of %(amount)s came back to us. The money stays yours and comes with a later payment.\n\n"
            "Please look at the bank account that we have of you, or call us: %(office)s.\n\n"
            "Line by line: %(url)s"
        ),
        sms=gettext_lazy(
            "Bilad Al Khair: %(amount)s for %(name)s came back to us. It stays yours and is paid again. "
            "Please call us: %(office)s"
        ),
    ),
}
BY_METHOD = {
    (READY, AGENCY): Notice(
        subject=gettext_lazy("%(amount)s for %(name)s is ready at the agency"),
        text=gettext_lazy(
            "From %(pay_day)s on, %(amount)s is ready for you at the agency.\n\n"
            "Bring an identity card and this reference: %(reference)s.\n\n"
            "Line by line: %(url)s"
        ),
        sms=gettext_lazy(
            "Bilad Al Khair, %(name)s\nFrom %(pay_day)s at the agency: %(amount)s\n"
            "Bring an identity card. Reference: %(reference)s"
        ),
    ),
    (READY, CHEQUE): Notice(
        subject=gettext_lazy("A cheque of %(amount)s for %(name)s is ready"),
        text=gettext_lazy(
            "From %(pay_day)s on, a cheque of %(amount)s is ready for you at the office.\n\n"
            "Bring an identity card and this reference: %(reference)s.\n\n"
            "Line by line: %(url)s"
        ),
        sms=gettext_lazy(
            "Bilad Al Khair, %(name)s\nFrom %(pay_day)s at the office, a cheque: %(amount)s\n"
            "Bring an identity card. Reference: %(reference)s"
        ),
    ),
    (RETURNED, NOT_CARRIED_OUT): Notice(
        subject=gettext_lazy("A payment to %(name)s did not go out"),
        text=gettext_lazy(
            "The bank did not carry out our payment of %(amount)s. The money stays yours and comes with a later "
            "payment. You need do nothing.\n\n"
            "If you have a question, call us: %(office)s.\n\n"
            "Line by line: %(url)s"
        ),
        sms=gettext_lazy(
            "Bilad Al Khair: the bank did not carry out our payment of %(amount)s for %(name)s. It stays yours and is "
            "paid again. Questions: %(office)s"
        ),
    ),
    (RETURNED, AGENCY): Notice(
        subject=gettext_lazy("Cash for %(name)s was not fetched"),
        text=gettext_lazy(
            "%(amount)s waited for you at the agency, was not fetched and came back to us. The money stays yours and "
            "comes with a later payment.\n\n"
            "If you would rather be paid another way, call us: %(office)s.\n\n"
            "Line by line: %(url)s"
        ),
        sms=gettext_lazy(
            "Bilad Al Khair: %(amount)s for %(name)s was not fetched at the agency. It stays yours and is paid again. "
            "Please call us: %(office)s"
        ),
    ),
    (RETURNED, CHEQUE): Notice(
        subject=gettext_lazy("A cheque for %(name)s came back"),
        text=gettext_lazy(
            "Our cheque of %(amount)s was not cashed, or came back to us. The money stays yours and comes with a later "
            "payment.\n\n"
            "If you would rather be paid another way, call us: %(office)s.\n\n"
            "Line by line: %(url)s"
        ),
        sms=gettext_lazy(
            "Bilad Al Khair: our cheque of %(amount)s for %(name)s came back. It stays yours and is paid again. "
            "Please call us: %(office)s"
        ),
    ),
}
"""What is said otherwise where no bank account is to be looked at, by step and by how it was paid."""


@transaction.atomic
def tell_of_payout(*, payout_id: int, kind: str, now: datetime) -> None:
    """Write what a payment's step says to every phone and mail of its cooperative, in its language. Each once.

    Nobody is told of money that came back by then.
    """
    payout = Payout.objects.select_related("cooperative", "run", "account").get(pk=payout_id)
    if kind != RETURNED and payout.state == Payout.State.RETURNED:
        return
    told = statement(payout)
    for channel, recipient, language in every_way_to(payout.cooperative):
        with translation.override(language):
            notice, facts = _notice(payout, kind), _facts(payout, told, language)
            subject = str(notice.subject) % facts if channel == MAIL else ""
            text = str(notice.text) % facts if channel == MAIL else short(str(notice.sms), facts)
        write_message(
            key=f"payout:{payout.reference}:{kind}:{recipient}",
            kind=f"cooperative.{kind}",
            channel=channel,
            recipient=recipient,
            language=language,
            subject=subject,
            text=text,
            now=now,
        )


def _notice(payout: Payout, kind: str) -> Notice:
    how = payout.method
    if payout.is_transfer and payout.account and payout.account.state != BankAccount.State.BLOCKED:
        how = NOT_CARRIED_OUT
    return BY_METHOD.get((kind, how)) or NOTICES[kind]


def _facts(payout: Payout, told: Statement, language: str) -> dict[str, str]:
    address = reverse("portal:payout", args=[payout.cooperative.slug, payout.reference])
    return {
        "name": payout.cooperative.short_name,
        "brought_in": formats.money(told.brought_in_mad, MAD, language),
        "taken_off": formats.money(told.taken_off_mad, MAD, language),
        "amount": formats.money(payout.amount_mad, MAD, language),
        "day": formats.short_day(payout.settled_at) if payout.settled_at else "",
        "pay_day": formats.short_day(payout.run.executes_on) if payout.run.executes_on else "",
        "reference": payout.reference,
        "office": formats.phone(settings.SHOP_PHONE) if settings.SHOP_PHONE else _("the office"),
        "url": settings.BASE_URL.rstrip("/") + address,
    }
