"""A month is locked while an entry of it is written: it is in the figures, or it counts in the next month."""

import threading
from datetime import date

import pytest
from django.db import connections, transaction
from django.utils import timezone

from fulfilment.closing import operations
from fulfilment.closing.invariants import locked_months_stay
from fulfilment.closing.models import Month
from fulfilment.ledger.models import Entry
from tests.factories.closing import OCTOBER, book, sign_first
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 1.5
"""Long enough for someone who does not wait to be done."""


def sign_while_an_entry_is_written() -> list[str]:
    """Write an entry and keep its transaction open until the second signature was tried; return how that ended."""
    book("first")
    sign_first()
    second, written, ended = make_person(), threading.Event(), threading.Event()
    said: list[str] = []

    def sign() -> None:
        written.wait(timeout=30)
        try:
            said.append(operations.countersign(first_day=OCTOBER, by=second, now=timezone.now()).state)
        except operations.FiguresChanged:
            said.append("VOID")
        finally:
            ended.set()
            connections.close_all()

    thread = threading.Thread(target=sign, daemon=True)
    thread.start()
    with transaction.atomic():
        book("meanwhile")
        written.set()
        ended.wait(timeout=LONG)
    thread.join(timeout=30)
    return said


def test_an_entry_that_is_being_written_is_waited_for_and_voids_the_signature():
    assert sign_while_an_entry_is_written() == ["VOID"]
    assert Month.objects.get().state == "OPEN"


def test_twin_without_the_books_held_an_entry_slips_into_the_locked_month(monkeypatch):
    monkeypatch.setattr(operations.ledger, "hold_books", lambda: None)

    assert sign_while_an_entry_is_written() == ["LOCKED"]
    assert [str(month) for month in locked_months_stay()] == ["2026-10"]


def test_an_entry_that_comes_while_the_month_is_locked_waits_and_counts_in_the_next():
    book("first")
    sign_first()
    second, held = make_person(), threading.Event()

    def post() -> None:
        held.wait(timeout=30)
        book("meanwhile")
        connections.close_all()

    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    with transaction.atomic():
        operations.countersign(first_day=OCTOBER, by=second, now=timezone.now())
        held.set()
        thread.join(timeout=LONG)
        assert thread.is_alive()
    thread.join(timeout=30)

    assert Entry.objects.get(external_id="meanwhile").booked_on == date(2026, 11, 1)
    assert list(locked_months_stay()) == []
