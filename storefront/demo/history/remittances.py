"""A file of one courier, which waits to be looked at: one parcel told short, one that nobody knows."""

from datetime import datetime
from decimal import Decimal

from catalogue.kernel.periods import day_of
from catalogue.kernel.tables import as_csv
from fulfilment.payments import operations
from fulfilment.payments.models import CashCollected, RemittanceFile
from fulfilment.shipping.models import Courier

SHORT, STRANGE, LINES = Decimal(20), Decimal(180), 25


def show(*, now: datetime) -> RemittanceFile | None:
    """Take the file in, as finance would; nothing of it is booked."""
    owed = CashCollected.objects.filter(courier__kind=Courier.Kind.PARTNER, remittance=None, amount__gt=SHORT)
    first = owed.first()
    if first is None or first.courier_id is None:
        return None
    rows = list(owed.filter(courier=first.courier_id)[:LINES])
    told = [(row.parcel, row.amount) for row in rows[:-1]]
    told += [(rows[-1].parcel, rows[-1].amount - SHORT), ("BAK-0000-1", STRANGE)]
    day = day_of(now)
    return operations.take_in_file(
        courier_id=first.courier_id,
        name=f"remise-{day:%Y-%m-%d}.csv",
        content=as_csv(("Colis", "Montant"), told).encode(),
        received_on=day,
        reference=f"VIR-{day:%Y%m%d}",
        received=sum((amount for _parcel, amount in told), Decimal(0)),
        fees=Decimal(0),
        now=now,
    )
