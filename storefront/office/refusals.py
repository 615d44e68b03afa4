"""Why a parcel stays where it is, in a sentence for whoever moves it."""

from django.utils.translation import gettext as _

from catalogue.kernel.text import isolate
from fulfilment.warehouse import operations
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.signals import HeldBack

STAYS = (
    operations.ImpossibleMove,
    operations.StillAsked,
    operations.NotToBeSent,
    operations.PiecesMissing,
    HeldBack,
)
"""What the operations that move a parcel raise where it may not go on."""


def why_it_stays(parcel: str, error: Exception) -> str:
    """Name the parcel and say why; ``error`` is one of ``STAYS``."""
    words = {"parcel": parcel}
    match error:
        case operations.ImpossibleMove():
            words |= {"state": str(Consignment.State(error.old).label), "step": str(Consignment.State(error.new).label)}
            return _("%(parcel)s is “%(state)s” now, so it cannot become “%(step)s”.") % words
        case operations.StillAsked():
            return _("%(parcel)s waits: something is missing, and the buyer is asked what to do.") % words
        case operations.NotToBeSent():
            words["lots"] = _(", ").join(error.lots)
            return _("%(parcel)s stays here: lot %(lots)s may not be sold any more.") % words
        case operations.PiecesMissing():
            words["goods"] = _(", ").join(isolate(title) for title in error.titles)
            return _("%(parcel)s stays here: not all pieces of %(goods)s are kept for it. Say what is missing.") % words
    return _("%(parcel)s stays where it is. %(why)s") % (words | {"why": str(error)})
