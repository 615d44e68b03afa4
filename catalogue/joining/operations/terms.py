"""How and how often a cooperative is paid: set by the office, with who, when and why. Runs obey it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Membership, Partner
from catalogue.joining import signals
from catalogue.joining.models import FeeAgreement, PayoutTerms
from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.people.models import User

from .steps import JoiningRefused, NoRight, words_of

SET = "joining.add_payoutterms"


class SameTerms(JoiningRefused):
    code = "same"

    def __init__(self) -> None:
        super().__init__(_("This is how it is paid already; nothing was changed."))


class OwnTerms(JoiningRefused):
    code = "own_cooperative"

    def __init__(self) -> None:
        super().__init__(_("Whoever works for a cooperative does not decide how it is paid."))


@transaction.atomic
def set_payout_terms(
    *, cooperative_id: int, method: str, cycle: str, reason: str, by: User, now: datetime
) -> PayoutTerms:
    """Pay a cooperative otherwise from the next run on. A run that was drafted before stays as it was.

    Announces ``payout_terms_set``. Raises a ``JoiningRefused``.
    """
    if not by.has_perm(SET):
        raise NoRight
    cooperative = lock_one(Partner.objects.filter(pk=cooperative_id))
    if Membership.objects.filter(cooperative=cooperative, user=by).exists():
        raise OwnTerms
    if (method, cycle) == (cooperative.payout_method, cooperative.payout_cycle):
        raise SameTerms
    terms = _write(cooperative, method, cycle, by, now, reason=words_of(reason))
    events.announce(signals.payout_terms_set, terms_id=terms.pk)
    return terms


def follow_agreement(agreement: FeeAgreement, now: datetime) -> PayoutTerms:
    """Set what a cooperative agreed to when it joined, in the caller's transaction."""
    cooperative = lock_one(Partner.objects.filter(pk=agreement.cooperative_id))
    method, cycle, by = agreement.payout_method, agreement.payout_cycle, agreement.written_by
    assert by is not None  # an agreement is written by someone of the office
    return _write(cooperative, method, cycle, by, now, agreement=agreement)


def _write(
    cooperative: Partner,
    method: str,
    cycle: str,
    by: User,
    now: datetime,
    *,
    reason: str = "",
    agreement: FeeAgreement | None = None,
) -> PayoutTerms:
    terms = PayoutTerms.objects.create(
        cooperative=cooperative,
        method=method,
        cycle=cycle,
        former_method=cooperative.payout_method,
        former_cycle=cooperative.payout_cycle,
        agreement=agreement,
        reason=reason,
        set_by=by,
        set_at=now,
    )
    cooperative.payout_method, cooperative.payout_cycle = method, cycle
    cooperative.save(update_fields=["payout_method", "payout_cycle"])
    return terms
