"""Who refused to be told what, and whom a recall has reached."""

from collections.abc import Iterable

from django.db.models import Q

from fulfilment.recalls.models import Recall

from .models import Message, Refusal
from .policies import reached


def folded(contact: str) -> str:
    """Return an address as refusals know it: a mailbox does not tell capitals apart, a phone has none."""
    return contact.strip().lower()


def has_refused(contact: str) -> bool:
    """Tell what someone said last of reminders to this address; who never said anything gets them (one query)."""
    last = Refusal.objects.filter(contact=folded(contact)).order_by("-pk").values_list("refused", flat=True).first()
    return bool(last)


def recall_key(recall: Recall) -> str:
    """Return how the keys of a recall's messages begin; the order's number follows."""
    return f"recall:{recall.pk}:"


def told_of_recall(recall: Recall, order_ids: Iterable[int] | None = None) -> dict[int, str]:
    """Return by order whether a recall's messages reached anyone: ``SENT``, ``WAITING`` or ``FAILED`` (one query).

    An order without a message is not in it: its job still waits, or nobody can be told.
    """
    ours = Q(key__startswith=recall_key(recall))
    rows = Message.objects.filter(ours) if order_ids is None else Message.objects.filter(ours, order__in=set(order_ids))
    states: dict[int, list[str]] = {}
    for order_id, state in rows.values_list("order_id", "state"):
        states.setdefault(order_id, []).append(state)
    return {order_id: reached(found) for order_id, found in states.items()}
