"""PDFs that are kept, of whatever they are."""

import hashlib
from datetime import UTC, datetime

import pytest

from fulfilment.documents.keeping import altered, as_kept, keep_once
from fulfilment.invoices.models import Paper
from fulfilment.invoices.operations import issue
from tests.factories.sales import make_order

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PDF = b"%PDF-1.7"


@pytest.fixture
def invoice(db):
    return issue(order_id=make_order().pk, now=NOW)


def test_a_pdf_is_kept_with_its_hash_and_its_moment():
    assert as_kept(PDF, NOW) == {"pdf": PDF, "sha256": hashlib.sha256(PDF).hexdigest(), "made_at": NOW}


def test_a_paper_that_is_kept_is_not_drawn_again(invoice):
    drawn = iter([PDF])

    papers = [keep_once(Paper, lambda: next(drawn), now=NOW, invoice_id=invoice.pk) for _ in range(2)]

    assert papers[0] == papers[1]
    assert list(altered(Paper)) == []


def test_a_paper_that_is_not_what_was_hashed_is_found(invoice):
    paper = Paper.objects.create(**as_kept(PDF, NOW) | {"pdf": b"%PDF-1.6"}, invoice=invoice)

    assert list(altered(Paper)) == [paper]
