"""From when on something is late. No database."""

from collections.abc import Mapping
from datetime import timedelta

STEP_WITHIN: Mapping[str, timedelta] = {
    "OPEN": timedelta(days=1),
    "PICKED": timedelta(hours=4),
    "PACKED": timedelta(days=1),
    "HANDED_OVER": timedelta(days=2),
}
"""How long a parcel stays at a step before someone looks: a working day to be taken from the shelf, half a one to be
counted and closed, a day until the courier comes, two until the courier says that it travels. A parcel on its way has
until the last day that was promised."""

WITHOUT_PROMISE = timedelta(days=10)
"""How long a parcel may be on its way that was promised for no day: as old orders were."""

DELIVERY_GRACE_DAYS = 0
"""A cooperative's delivery is late on the day after it was expected: buyers may be waiting for it."""

ANSWER_WITHIN = timedelta(hours=12)
"""Half of the time that a buyer has to say what to do about a missing piece: someone calls in the other half."""

DECIDE_RETURN_WITHIN = timedelta(days=3)
"""How long goods that a buyer sent back may lie here before someone decides; the law leaves 15 days for the money."""

SENT_BACK_WITHIN = timedelta(days=21)
"""After so long a buyer who declared to send goods back is asked whether they still will."""

BACK_WITHIN = timedelta(days=10)
"""How long a courier takes to bring back what nobody accepted."""

CASH_WITHIN = timedelta(days=3)
"""How long a difference of cash, or a file that waits to be confirmed, may lie before it is asked about."""
