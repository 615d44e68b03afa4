"""A payout run as it was before runs were taken in steps: paid from the bank at once."""

from django.db import connection, transaction
from django.utils import timezone

from catalogue.kernel.money import from_minor
from fulfilment.ledger import operations as ledger
from fulfilment.ledger import policies
from fulfilment.ledger.policies import NewEntry, Source
from fulfilment.payouts import owing

RUN = "INSERT INTO payouts_payoutrun (reference, cut_off_at, run_at) VALUES ('PAY-20261230-01', %s, %s) RETURNING id"
PAYOUT = (
    "INSERT INTO payouts_payout (reference, run_id, cooperative_id, amount_mad, state, method, rib, settled_at)"
    " VALUES (%s, %s, %s, %s, 'SETTLED', 'bank_transfer', %s, %s) RETURNING id"
)
LINES = "INSERT INTO payouts_payoutline (payout_id, ledger_line_id) SELECT %s, unnest(%s::bigint[])"


@transaction.atomic
def pay_at_once() -> None:
    """Pay everything that is open, in a database of that time (payouts 0006)."""
    now = timezone.now()
    open_legs = owing.open_lines().order_by("pk").values_list("account__cooperative", "pk", "amount_minor")
    of_each: dict[int, list[tuple[int, int]]] = {}
    for cooperative, pk, minor in open_legs:
        of_each.setdefault(cooperative, []).append((pk, minor))
    with connection.cursor() as cursor:
        cursor.execute(RUN, [now, now])
        run = cursor.fetchone()[0]
        for cooperative, legs in of_each.items():
            reference = f"PAY-20261230-01-{cooperative}"
            amount = -sum(minor for _pk, minor in legs)
            cursor.execute(PAYOUT, [reference, run, cooperative, from_minor(amount), "0" * 24, now])
            payout = cursor.fetchone()[0]
            paid = policies.paid_at_once(cooperative, from_minor(amount))
            entry = ledger.post(NewEntry(Source.PAYOUT, reference, paid, now), now=now)
            own = entry.lines.get(account__cooperative=cooperative).pk
            cursor.execute(LINES, [payout, [own, *(pk for pk, _minor in legs)]])
