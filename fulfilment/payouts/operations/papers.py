"""Making a payout's statement on paper, once in each language and for each state it was in."""

from datetime import datetime

from fulfilment.documents.keeping import keep_once
from fulfilment.documents.rendering import render
from fulfilment.payouts.models import Payout, StatementPaper
from fulfilment.payouts.papers import NAME, paper_of


class NotSent(Exception):
    """A payout that was not sent has no statement yet."""


def make_statement_paper(*, payout_id: int, language: str, now: datetime) -> StatementPaper:
    """Return a payout's statement as it stands now, made now unless it is kept. Raises ``NotSent``."""
    payout = Payout.objects.select_related("cooperative", "run").get(pk=payout_id)
    if payout.state not in Payout.SENT:
        raise NotSent(payout.reference)

    def draw() -> bytes:
        return render(NAME, paper_of(payout, language))

    return keep_once(StatementPaper, draw, now=now, payout_id=payout.pk, language=language, state=payout.state)
