"""Reads of couriers' files, and of what someone is to see to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from catalogue.kernel.money import ZERO
from fulfilment.payments.models import CashCollected, CashRemittance

from .models import MissingCash, RemittanceAgreement, RemittanceFile, RemittanceLine

State = RemittanceLine.State
DAY = timedelta(days=1)
TAKES_IN = "remit_cash"


@dataclass(frozen=True)
class Group:
    """The lines of one kind in a file: how many, what they say, and what they come to beside what was awaited."""

    state: State
    count: int
    amount: Decimal
    difference: Decimal


def files() -> QuerySet[RemittanceFile]:
    """Return couriers' files, the newest first, with how many lines of each nobody ``settled``."""
    left = RemittanceLine.objects.filter(file=OuterRef("pk"), closed_at=None, since__isnull=False)
    found = RemittanceFile.objects.select_related("courier", "uploaded_by", "booked_by")
    return found.annotate(
        unsettled=Coalesce(left.order_by().values("file").annotate(n=Count("pk")).values("n")[:1], Value(0))
    )


def groups_of(file: RemittanceFile) -> list[Group]:
    """Sum a file's lines by what they are (one query), in the order of their kinds."""
    rows = RemittanceLine.objects.filter(file=file).order_by().values_list("state")
    sums = {row[0]: row[1:] for row in rows.annotate(Count("pk"), Sum("amount"), Sum("difference"))}
    return [Group(state, *sums[state]) for state in State if state in sums]


def open_lines() -> QuerySet[RemittanceLine]:
    """Return lines of booked files that nobody closed, the oldest first."""
    found = RemittanceLine.objects.filter(closed_at=None, since__isnull=False)
    return found.select_related("file__courier", "owner", "collection__attempt__order").order_by(
        "since", "number", "pk"
    )


def open_missing() -> QuerySet[MissingCash]:
    """Return collections that are overdue, were named by no file and are not closed, the oldest first."""
    found = MissingCash.objects.filter(closed_at=None, collection__remittance=None).exclude(
        Exists(_named("collection"))
    )
    return found.select_related("owner", "collection__courier", "collection__attempt__order")


def _named(collection: str) -> QuerySet[RemittanceLine]:
    lines = RemittanceLine.objects.filter(collection=OuterRef(collection), file__state=RemittanceFile.State.BOOKED)
    return lines.exclude(state=State.NOT_THEIRS)


def overdue(now: datetime) -> QuerySet[CashCollected]:
    """Return collections past their courier's days that no file named, with when they were ``due_at``."""
    days = RemittanceAgreement.objects.filter(courier=OuterRef("courier")).values("days")
    agreed = Coalesce(days[:1], Value(RemittanceAgreement.DAYS))
    within = ExpressionWrapper(agreed * Value(DAY), output_field=DurationField())
    rows = CashCollected.objects.filter(remittance=None, courier__isnull=False, amount__gt=0)
    dated = rows.annotate(due_at=ExpressionWrapper(F("collected_at") + within, output_field=DateTimeField()))
    return dated.filter(due_at__lt=now).exclude(Exists(_named("pk")))


def agreements() -> dict[int, int]:
    """Return the days that couriers agreed to, by courier."""
    return dict(RemittanceAgreement.objects.values_list("courier", "days"))


def colleagues() -> QuerySet[Any]:
    """Return who may see to differences of cash: staff who may take cash in."""
    right = Permission.objects.filter(codename=TAKES_IN, content_type__app_label="payment")
    may = Q(groups__permissions__in=right) | Q(user_permissions__in=right) | Q(is_superuser=True)
    return get_user_model()._default_manager.filter(may, is_staff=True, is_active=True).distinct().order_by("pk")


def on_account_of(courier_id: int) -> Decimal:
    """Return what a courier handed in beyond the collections that it paid for whole (two queries)."""
    handed = CashRemittance.objects.filter(courier=courier_id)
    paid = CashCollected.objects.filter(courier=courier_id, remittance__isnull=False)
    sums = (rows.aggregate(sum=Sum("amount"))["sum"] or ZERO for rows in (handed, paid))
    return Decimal(next(sums) - next(sums))


def open_sum() -> Decimal:
    """Add up what is missing in lines that nobody closed."""
    lines = RemittanceLine.objects.filter(closed_at=None, since__isnull=False, difference__lt=0)
    return -(lines.aggregate(sum=Sum("difference"))["sum"] or ZERO)
