"""Who made a lot that several made: said while nothing of it is promised, whole, within one union; also by SQL."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from catalogue.lots import operations
from catalogue.lots.models import LotShare, LotStock
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.shares import make_union, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def members():
    return make_union()


@pytest.fixture
def stock(members):
    return make_lot(make_stockrecord(cooperative=members[0], in_stock=0), 10)


def said(lot):
    return dict(lot.shares.values_list("cooperative", "per_mille"))


def test_shares_are_said_said_otherwise_and_taken_back_while_nothing_is_promised(members, stock):
    one, two, three = members
    told = []
    for per_mille in ((500, 300, 200), (0, 999, 1), (0, 0, 0)):
        share(stock.lot, members, *per_mille)
        told.append(said(stock.lot))

    assert told == [{one.pk: 500, two.pk: 300, three.pk: 200}, {two.pk: 999, three.pk: 1}, {}]


def test_shares_that_are_not_the_whole_or_a_strangers_are_refused(members, stock):
    alone = make_lot(make_stockrecord(in_stock=0), 10)
    with pytest.raises(operations.SharesDiffer) as differ:
        share(stock.lot, members, 500, 300, 199)
    with pytest.raises(operations.NotOfTheUnion):
        share(stock.lot, [members[0], make_cooperative()], 500, 500)
    with pytest.raises(operations.NotOfTheUnion):  # of no union, so shared with nobody
        share(alone.lot, [alone.lot.stockrecord.partner], 1000)

    assert (differ.value.found, LotShare.objects.count()) == (999, 0)


@pytest.mark.parametrize("how", ["held", "sold"])
def test_shares_stay_once_a_piece_is_promised(members, stock, how):
    share(stock.lot, members, 500, 300, 200)
    if how == "held":
        LotStock.objects.filter(pk=stock.pk).update(held=1)
    else:
        operations.move_pieces(stock=stock, kind="sold", change=-1, now=timezone.now())

    with pytest.raises(operations.AlreadyPromised):
        share(stock.lot, members, 0, 0, 0)
    with pytest.raises(DatabaseError, match="are promised"), transaction.atomic():
        LotShare.objects.filter(lot=stock.lot).delete()
    assert len(said(stock.lot)) == 3


SAY = "INSERT INTO lots_lotshare (lot_id, cooperative_id, per_mille, said_at) VALUES (%s, %s, %s, now())"


def at_once(write):
    """Write, and have the database look at it as it would at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        write()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def by_sql(stock, *parts):
    rows = [[stock.lot_id, cooperative.pk, per_mille] for cooperative, per_mille in parts]
    with connection.cursor() as cursor:
        at_once(lambda: cursor.executemany(SAY, rows))


def test_the_database_refuses_a_thousandth_too_few_a_stranger_and_a_change(members, stock):
    one, two, three = members
    with pytest.raises(DatabaseError, match="come to 999 of 1000"):
        by_sql(stock, (one, 500), (two, 499))
    with pytest.raises(DatabaseError, match="is not of the union"):
        by_sql(stock, (one, 500), (make_cooperative(), 500))
    share(stock.lot, members, 500, 300, 200)
    with pytest.raises(DatabaseError, match="told anew"), transaction.atomic():
        LotShare.objects.update(per_mille=1000)
    with pytest.raises(DatabaseError, match="come to 500 of 1000"):
        at_once(LotShare.objects.exclude(cooperative=one).delete)

    assert said(stock.lot) == {one.pk: 500, two.pk: 300, three.pk: 200}
