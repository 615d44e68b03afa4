"""Statements say what the ledger says to the centime, open line by line, and are kept on paper and as tables."""

from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from python_calamine import load_workbook

from catalogue.kernel.invariants import registered
from catalogue.kernel.money import from_minor
from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.payouts import operations, queries
from fulfilment.payouts.models import Payout, StatementPaper
from fulfilment.payouts.opening import legs_of, open_line
from fulfilment.payouts.sheet import xlsx_of
from fulfilment.payouts.statement_invariants import sum_of
from fulfilment.payouts.tasks import STATEMENT
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord
from tests.factories.movements import give_back, put_back
from tests.factories.payouts import (
    approve_another_account,
    deliver,
    draft,
    hand_in_cash,
    later,
    pay_all,
    pay_due,
    send_back_from_bank,
)
from tests.fulfilment.ledger.test_invariants import as_owner
from tests.support.papers import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def argan():
    return make_cooperative(name="Coopérative Argan des femmes", short_name="Argan", slug="argan")


@pytest.fixture
def oil(argan):
    return make_stockrecord(cooperative=argan, farm_gate="80.00", in_stock=60)


@pytest.fixture
def paid(oil):
    """A payout of two sales, of one of which a piece was given back."""
    deliver((oil, 3), method="card")
    line = deliver((oil, 2), method="card").lines.select_related("order").get()
    give_back(line, 1)
    pay_all()
    return Payout.objects.select_related("cooperative", "run").get()


def make_paper(payout, language):
    return operations.make_statement_paper(payout_id=payout.pk, language=language, now=timezone.now())


def broken():
    return [name for name, check in registered().items() if name.startswith("payouts: a statement") and list(check())]


def test_a_statement_ties_to_the_ledger_to_the_centime(paid):
    statement = queries.statement(paid)

    legs = [-leg.amount for leg in LedgerLine.objects.filter(pk__in=[line.leg for line in statement.lines])]
    assert sum(legs) == statement.to_receive_mad == sum_of(statement) == paid.amount_mad == Decimal("320.00")
    assert statement.brought_in_mad - statement.taken_off_mad == statement.to_receive_mad
    assert (statement.brought_in_mad, statement.taken_off_mad) == (Decimal("400.00"), Decimal("80.00"))
    assert broken() == []


def test_all_statements_and_what_is_owed_are_all_that_was_earned_less_what_was_taken_back(argan, oil, paid):
    send_back_from_bank(paid)
    approve_another_account(argan)
    put_back(give_back(deliver((oil, 1), method="card").lines.select_related("order").get(), 1))
    pay_due(later())
    deliver((oil, 4))

    standing = [one for one in queries.payouts_of(argan) if one.state == Payout.State.SETTLED]
    told = sum(queries.statement(one).to_receive_mad for one in standing)
    owed = queries.owed_statement(argan, timezone.now()).to_receive_mad
    legs = LedgerLine.objects.filter(account__code="cooperatives.payable", order_line__isnull=False)
    assert told + owed == -sum(from_minor(leg.amount_minor) for leg in legs) == Decimal("720.00")
    assert broken() == []


def test_statements_of_many_payouts_take_as_many_queries_as_of_one(paid, django_assert_num_queries):
    pay = list(Payout.objects.select_related("run"))
    other = make_stockrecord(farm_gate="10.00")
    deliver((other, 1), method="card")
    pay_all()
    both = list(Payout.objects.select_related("run"))

    with django_assert_num_queries(2):
        queries.statements_of(pay)
    with django_assert_num_queries(2):
        found = queries.statements_of(both)
    assert sorted(one.to_receive_mad for one in found.values()) == [Decimal("10.00"), Decimal("320.00")]


def test_a_statement_that_says_another_sum_is_seen(paid, monkeypatch):
    monkeypatch.setattr("fulfilment.payouts.statements.from_minor", lambda minor: from_minor(minor + 1))

    assert broken() == ["payouts: a statement's lines and its sums come to what was paid, to the centime"]


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_its_paper_says_so_in_words(paid, language):
    words = words_in(bytes(make_paper(paid, language).pdf))

    with translation.override(language):
        heads = [_("Sold"), _("Taken back"), _("Received"), _("Quantity")]
    assert [word for head in heads for word in head.split() if word not in words] == []
    assert paid.reference in words
    assert "320,00" in words
    assert "Fatima" not in words


def test_its_paper_is_made_once_and_kept_with_its_hash(paid):
    first, again = make_paper(paid, "fr"), make_paper(paid, "fr")

    assert (first.pk, bytes(first.pdf)) == (again.pk, bytes(again.pdf))
    assert (len(first.sha256), StatementPaper.objects.count()) == (64, 1)


def test_a_payment_that_came_back_has_another_paper_and_the_first_stays(paid):
    before = make_paper(paid, "fr")

    after = make_paper(send_back_from_bank(paid), "fr")

    assert [before.state, after.state] == ["SETTLED", "RETURNED"]
    assert StatementPaper.objects.get(pk=before.pk).sha256 == before.sha256 != after.sha256


def test_there_is_no_paper_of_what_was_not_sent(oil):
    deliver((oil, 1), method="card")
    payout = draft().payouts.get()

    with pytest.raises(operations.NotSent):
        make_paper(payout, "fr")


def test_papers_are_made_by_a_job_when_it_is_paid_and_when_it_comes_back(paid, run_jobs):
    run_jobs()
    made = set(StatementPaper.objects.values_list("language", "state"))
    send_back_from_bank(paid)
    run_jobs()

    assert made == {("ar", "SETTLED"), ("fr", "SETTLED")}
    assert StatementPaper.objects.filter(state="RETURNED").count() == 2
    assert Job.objects.filter(task=STATEMENT).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_never_changed_and_one_that_was_is_seen(paid):
    paper = make_paper(paid, "fr")
    for change in (
        lambda: StatementPaper.objects.update(sha256="0" * 64),
        lambda: StatementPaper.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    as_owner(
        "ALTER TABLE payouts_statementpaper DISABLE TRIGGER USER",
        f"UPDATE payouts_statementpaper SET pdf = 'other' WHERE id = {paper.pk}",
        "ALTER TABLE payouts_statementpaper ENABLE TRIGGER USER",
    )

    assert broken() == ["payouts: a statement's paper is the one that was kept"]


def test_a_workbook_has_a_row_for_each_line_its_sums_and_no_formula(argan):
    evil = make_product('=HYPERLINK("http://evil")')
    oil = make_stockrecord(cooperative=argan, product=evil, farm_gate="80.00", in_stock=9)
    deliver((oil, 3), method="card")
    give_back(deliver((oil, 2), method="card").lines.select_related("order").get(), 1)
    pay_all()
    paid = Payout.objects.select_related("run").get()
    statement = queries.statement(paid)

    with translation.override("fr"):
        content = xlsx_of(statement, "fr", made_at=paid.settled_at)

    rows = load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[-1] for row in rows[1:]] == [240.0, 160.0, -80.0, 320.0]
    assert rows[1][2].startswith("=HYPERLINK")
    assert b"<f>" not in ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
    with translation.override("fr"):
        assert xlsx_of(statement, "fr", made_at=paid.settled_at) == content
    with translation.override("ar"):
        arabic = ZipFile(BytesIO(xlsx_of(statement, "ar", made_at=None))).read("xl/worksheets/sheet1.xml")
    assert b'rightToLeft="1"' in arabic


def test_a_line_opens_with_all_that_became_of_it(argan, oil, django_assert_num_queries):
    line = deliver((oil, 2), method="card").lines.select_related("order").get()
    pay_all()
    give_back(line, 1)
    first = legs_of(argan).order_by("pk").first()

    with django_assert_num_queries(4):
        opened = open_line(argan, first.pk, timezone.now())

    assert (opened.line.leg, opened.sold.pk) == (first.pk, line.pk)
    assert [(step.line.to_receive_mad, step.payout is not None) for step in opened.steps] == [
        (Decimal("160.00"), True),
        (Decimal("-80.00"), False),
    ]
    assert opened.line.parcel.startswith(line.order.number)


def test_a_line_of_another_cooperative_does_not_open(argan, oil):
    deliver((oil, 1), method="card")
    hand_in_cash()

    leg = legs_of(argan).get().pk

    assert open_line(argan, leg, timezone.now()) is not None
    assert open_line(make_cooperative(), leg, timezone.now()) is None
    assert open_line(argan, 10**9, timezone.now()) is None
