"""What must be true of order lines that several cooperatives made."""

from collections.abc import Iterable
from itertools import islice

from django.db.models import Q

from catalogue.kernel.invariants import invariant
from catalogue.lots.models import LotShare
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line

from .models import LineShare
from .queries import LEFT, due_shares, shares_of

AT_A_TIME = 500


@invariant("orders: a line is shared as the lots that left for it are, and comes to what it earns to the centime")
def lines_are_shared_as_their_lots() -> Iterable[object]:
    left = Allocation.objects.filter(stock__lot__in=LotShare.objects.values("lot"), state__in=LEFT)
    lines = Line.objects.filter(Q(pk__in=left.values("line")) | Q(pk__in=LineShare.objects.values("line")))
    rows = lines.order_by("pk").iterator(chunk_size=AT_A_TIME)
    while chunk := list(islice(rows, AT_A_TIME)):
        due, kept = due_shares(chunk), shares_of(line.pk for line in chunk)
        for line in chunk:
            facts = [share.facts for share in kept.get(line.pk, [])]
            if facts != [tuple(part) for part in due.get(line.pk, [])]:
                yield line
