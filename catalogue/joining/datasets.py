"""What the office set of payouts stays, whatever an older file of cooperatives says."""

from django.db.models import OuterRef, Subquery

from catalogue.cooperatives.models import Partner
from catalogue.kernel.bulk import Counts
from catalogue.kernel.datasets import Context, finish

from .models import PayoutTerms


@finish("payout terms", order=10)
def keep_payout_terms(context: Context) -> Counts:
    """Put back how and how often cooperatives are paid where someone of the office set it."""
    last = PayoutTerms.objects.filter(cooperative=OuterRef("pk")).order_by("-set_at", "-pk")
    method, cycle = Subquery(last.values("method")[:1]), Subquery(last.values("cycle")[:1])
    differing = Partner.objects.filter(payout_terms__isnull=False).annotate(last_method=method, last_cycle=cycle)
    counts = Counts()
    for cooperative in differing.distinct():
        wanted = (cooperative.last_method, cooperative.last_cycle)
        if (cooperative.payout_method, cooperative.payout_cycle) == wanted:
            counts.unchanged += 1
            continue
        cooperative.payout_method, cooperative.payout_cycle = wanted
        cooperative.save(update_fields=["payout_method", "payout_cycle"])
        counts.changed += 1
    return counts
