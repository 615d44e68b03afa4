"""What the database refuses, whoever asks: each as the application's own role."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.factories.joining import make_application
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
MOVES = {
    "an approval out of nothing": "state = 'APPROVED', approved_by_id = %(other)s",
    "an opening out of nothing": "state = 'ACTIVE'",
    "another ICE": "ice = '000000000000097'",
    "another RIB": "rib = 'another'",
    "another phone": "phone = '+212740100001'",
    "a refusal without a reason": "state = 'REFUSED'",
}
APPROVED = {
    "terms by the approver": "offered_by_id = approved_by_id",
    "another approver": "approved_by_id = %(other)s",
    "an opening without terms": "state = 'ACTIVE'",
    "back to the review": "state = 'IN_REVIEW', approved_by_id = NULL, cooperative_id = NULL",
    "agreed to by nobody": "state = 'AGREED', offered_by_id = %(other)s",
}


def run(statement, values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        connection.check_constraints()


def refused(statement, **values):
    with pytest.raises((IntegrityError, DatabaseError)):
        run(statement, values)


@pytest.mark.parametrize("what", MOVES)
def test_an_application_keeps_what_was_sent_and_goes_its_way(what):
    application = make_application()

    refused(f"UPDATE joining_application SET {MOVES[what]} WHERE id = %(pk)s", pk=application.pk, other=make_staff().pk)


@pytest.mark.parametrize("what", APPROVED)
def test_an_approved_application_stays_approved_by_two(what):
    application = make_application("APPROVED")

    refused(
        f"UPDATE joining_application SET {APPROVED[what]} WHERE id = %(pk)s", pk=application.pk, other=make_staff().pk
    )


@pytest.mark.parametrize("table", ["application", "document", "step", "feeagreement", "payoutterms"])
def test_nothing_is_deleted(table):
    make_application("AGREED")

    refused(f"DELETE FROM joining_{table}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE joining_document SET kind = 'rib'",
        "UPDATE joining_step SET note = 'x'",
        "UPDATE joining_payoutterms SET reason = 'x'",
        "UPDATE joining_feeagreement SET fees = '[]'",
        "UPDATE joining_feeagreement SET payout_cycle = 'monthly'",
    ],
)
def test_what_was_written_is_not_edited(statement):
    make_application("AGREED")

    refused(statement)
