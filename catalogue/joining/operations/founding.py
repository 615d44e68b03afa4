"""An approved application becomes a cooperative: its row, its store, its tax status, its first account."""

from datetime import datetime

from django.utils.translation import gettext as _

from catalogue.banking import operations as banking
from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Partner
from catalogue.joining import policies, queries
from catalogue.joining.models import Application
from catalogue.joining.sectors import SECTORS
from catalogue.kernel import text, translated
from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import day_of
from catalogue.lots.operations import place_of
from catalogue.people.models import User
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import CooperativeTaxStatus, TaxStatus

from .steps import JoiningRefused

LEAD_DAYS = 3
LIVE = (BankAccount.State.PROPOSED, BankAccount.State.APPROVED)
ASSUMED = "assumed on joining; the office says otherwise once it knows better"
COPIED = (
    *("legal_form", "sector", "province", "founded_year", "members", "women_members", "register_no", "ice"),
    *("tax_id", "onssa_no", "phone", "email"),
)


class KnownCooperative(JoiningRefused):
    """A cooperative with this ICE or register number came meanwhile, by a file or another way."""

    code = "known_cooperative"

    def __init__(self) -> None:
        super().__init__(_("A cooperative with this ICE or register number is here already: nothing was made."))


def found_cooperative(application: Application, *, with_account: bool, by: User, now: datetime) -> Partner:
    """Write the cooperative of an application, not active yet.

    What the form does not ask has the value that is right for most, until someone of the office knows better.
    Raises ``KnownCooperative`` where one with its numbers came meanwhile, or ``banking.operations.AccountRefused``.
    """
    for field in ("ice", "register_no"):
        if Partner.objects.filter(**{field: getattr(application, field)}, closed_at=None).exists():
            raise KnownCooperative
    names = translated.three("name", application.name_ar, application.name_fr, application.name_fr)
    names |= translated.three("short_name", application.name_ar, application.name_fr, application.name_fr)
    names |= translated.three("sector_name", *SECTORS[application.sector])
    names |= translated.three(
        "commune_name", application.commune_name, application.commune_name, application.commune_name
    )
    cooperative = Partner.objects.create(
        code=f"COOP-J{application.pk:04d}",
        slug=_slug(application),
        is_active=False,
        latitude=application.province.latitude,
        longitude=application.province.longitude,
        postal_code=application.province.postal_code,
        is_womens=application.members == application.women_members,
        onssa_status=_onssa(application),
        vat_regime=TaxStatus.EXEMPT_BELOW_10M,
        annual_turnover_mad=0,
        payout_method="bank_transfer" if application.rib and with_account else "cash_at_agency",
        payout_cycle="fortnightly",
        connectivity="4g",
        contact_channel="sms",
        spoken_language="darija",
        reads_arabic="yes",
        lead_days=LEAD_DAYS,
        **names,
        **{name: getattr(application, name) for name in COPIED},
    )
    place_of(cooperative)
    status = CooperativeTaxStatus(
        cooperative=cooperative, status=TaxStatus.EXEMPT_BELOW_10M, valid_from=day_of(now), note=ASSUMED
    )
    pricing.add_row(row=status, written_by=by, now=now)
    if application.rib and with_account:
        banking.propose(
            cooperative_id=cooperative.pk,
            rib=application.rib,
            holder_name=application.name_fr,
            by=by,
            route=BankAccount.Route.OFFICE,
            now=now,
        )
    return cooperative


def close_founded(application: Application, reason: str, by: User | None, now: datetime) -> None:
    """Close the cooperative that an approval made and nobody opened; its account and terms end with it."""
    cooperative = lock_one(Partner.objects.filter(pk=application.cooperative_id))
    cooperative.closed_at = now
    cooperative.save(update_fields=["closed_at"])
    for account in cooperative.bank_accounts.filter(state__in=LIVE):
        if account.state == BankAccount.State.PROPOSED:
            banking.withdraw(account_id=account.pk, by=by, now=now)
        else:
            banking.block_account(account_id=account.pk, reason=reason, by=by, now=now)
    today = day_of(now)
    if agreement := queries.agreement_of(cooperative):
        pricing.end_row(row=agreement, until=max(today, agreement.valid_from), today=today)


def _slug(application: Application) -> str:
    """Return the name's Latin letters, with the application's number where another has them already."""
    slug = text.slug(application.name_fr) or f"cooperative-{application.pk}"
    return f"{slug}-{application.pk}" if Partner.objects.filter(slug=slug).exists() else slug


def _onssa(application: Application) -> str:
    if not policies.needs_onssa(application.sector):
        return "not_applicable"
    return "authorised" if application.onssa_no else "in_progress"
