"""VAT on an export is agreed to by two persons at once, and booked once."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from fulfilment.customs import taxing
from fulfilment.invoices import operations as invoices
from fulfilment.ledger.models import Entry
from tests.factories.exports import make_packed
from tests.factories.orders import open_deliveries
from tests.factories.parcels import move_to
from tests.factories.people import make_person
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


def agree_together() -> list[str]:
    """Let two agree at once; return what each was told."""
    open_deliveries()
    parcel = move_to(make_packed(), "HANDED_OVER")
    invoices.issue(order_id=parcel.order_id, now=timezone.now())
    people = [make_person() for _ in range(3)]
    taxing.ask(reference=parcel.reference, reason="lost paper", by=people[0], now=timezone.now())

    def agree(number: int) -> str:
        return taxing.agree(reference=parcel.reference, by=people[1 + number], now=timezone.now()).answer

    answers = run_together(agree, workers=2, expected=(taxing.NotAsked, IntegrityError))
    return sorted(one if isinstance(one, str) else type(one).__name__ for one in answers)


def test_of_two_who_agree_at_once_one_books_it_and_the_other_is_told():
    assert agree_together() == ["AGREED", "NotAsked"]
    assert Entry.objects.filter(source="export_vat").count() == 1


def test_twin_without_the_lock_both_look_and_only_the_database_refuses_the_second(monkeypatch):
    unlock(monkeypatch, taxing, meet=2)

    assert agree_together() == ["AGREED", "IntegrityError"]
