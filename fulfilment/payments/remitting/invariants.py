"""What must always be true of couriers' files."""

from collections.abc import Iterable

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from catalogue.kernel.money import ZERO

from .models import RemittanceFile, RemittanceLine

State = RemittanceLine.State


@invariant("payments: what a courier's file brought is what was booked, and its lines add up to it")
def files_are_booked() -> Iterable[object]:
    booked = RemittanceFile.objects.filter(state=RemittanceFile.State.BOOKED)
    yield from booked.exclude(
        remittance__courier=F("courier"),
        remittance__reference=F("reference"),
        remittance__received_on=F("received_on"),
        remittance__fees=F("fees"),
        remittance__amount=F("received") + F("fees"),
    )
    summed = booked.annotate(
        told=Sum("lines__amount"),
        beside=Coalesce(Sum("lines__difference", filter=Q(lines__number=0)), ZERO),
        counted=Count("lines", filter=Q(lines__number__gt=0)),
    )
    yield from summed.exclude(told=F("total"), counted=F("rows"), beside=F("received") + F("fees") - F("total"))


@invariant("payments: every line of a booked file that differs is someone's, since its booking, until it is closed")
def differences_have_an_owner() -> Iterable[object]:
    lines = RemittanceLine.objects.filter(file__state=RemittanceFile.State.BOOKED)
    yield from lines.exclude(state=State.MATCHED).filter(since=None)
    yield from lines.filter(state=State.MATCHED, since__isnull=False)


@invariant("payments: a surplus pays for one parcel of the courier whose it is")
def placed_are_paid() -> Iterable[object]:
    placed = RemittanceLine.objects.filter(placed__isnull=False)
    return placed.exclude(
        placed__remittance=F("file__remittance"), placed__courier=F("file__courier"), closed_at__isnull=False
    )
