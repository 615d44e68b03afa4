"""Recording papers that let a cooperative send what needs a review, and their end."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from catalogue.kernel.locks import advisory_lock
from fulfilment.shipping.models import ExportRestriction, SendingPermission


class NotUnderReview(Exception):
    """The flag is blocked there, or free: papers change nothing."""


class PermittedAlready(Exception):
    """Other papers for the same thing hold during some of that time."""

    def __init__(self, permission: SendingPermission) -> None:
        self.permission = permission
        super().__init__(f"{permission.reference} holds from {permission.valid_from}")


@transaction.atomic
def permit(
    *,
    cooperative: Any,
    block: str,
    ship_flag: str,
    reference: str,
    valid_from: date,
    valid_until: date | None,
    recorded_by: Any,
    recorded_at: datetime,
    note: str = "",
) -> SendingPermission:
    """Record papers of a cooperative, or of the whole office (``cooperative=None``).

    Raises ``NotUnderReview`` or ``PermittedAlready``; two people recording the same papers wait for each other.
    """
    review = ExportRestriction.objects.filter(block=block, ship_flag=ship_flag, b2c=ExportRestriction.Rule.REVIEW)
    if not review.exists():
        raise NotUnderReview(f"{block} {ship_flag}")
    advisory_lock(f"sending_permission:{block}:{ship_flag}:{cooperative.pk if cooperative else 0}")
    same = SendingPermission.objects.filter(cooperative=cooperative, block=block, ship_flag=ship_flag)
    overlapping = same.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=valid_from))
    if valid_until is not None:
        overlapping = overlapping.filter(valid_from__lt=valid_until)
    if other := overlapping.first():
        raise PermittedAlready(other)
    return SendingPermission.objects.create(
        cooperative=cooperative,
        block=block,
        ship_flag=ship_flag,
        reference=reference,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=recorded_by,
        recorded_at=recorded_at,
        note=note,
    )


@transaction.atomic
def end_permission(*, permission_id: int, on: date) -> SendingPermission:
    """Let papers end on a day, that day excluded; those that have not begun by then are taken back whole."""
    permission = SendingPermission.objects.select_for_update(no_key=True).get(pk=permission_id)
    if on <= permission.valid_from:
        permission.delete()
    elif permission.valid_until is None or on < permission.valid_until:
        permission.valid_until = on
        permission.save(update_fields=["valid_until"])
    return permission
