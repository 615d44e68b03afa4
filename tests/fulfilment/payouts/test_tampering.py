"""What the application's own role tries by SQL against a run, and the database refuses."""

import pytest
from django.db import DatabaseError, connection, transaction

from catalogue.kernel.invariants import registered
from fulfilment.payouts.models import PayoutRun
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import approve, deliver, draft, send, settle, submit
from tests.fulfilment.ledger.test_invariants import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

PAYOUT, RUN = "UPDATE payouts_payout SET ", "UPDATE payouts_payoutrun SET "
MORE = (
    "INSERT INTO payouts_payout (reference, run_id, cooperative_id, from_day, until_day, currency, amount_mad,"
    " deducted_mad, state, method, rib, holder, account_id, proof, return_reason)"
    " SELECT 'more', run_id, (SELECT max(id) FROM partner_partner), from_day, until_day, currency, amount_mad,"
    " deducted_mad, {state}, method, rib, holder, account_id, '', '' FROM payouts_payout LIMIT 1"
)
LINE = (
    "INSERT INTO payouts_payoutline (payout_id, ledger_line_id) SELECT (SELECT min(id) FROM payouts_payout), line.id"
    " FROM ledger_line line JOIN ledger_account a ON a.id = line.account_id"
    " WHERE a.code = 'cooperatives.payable' AND line.id NOT IN (SELECT ledger_line_id FROM payouts_payoutline) LIMIT 1"
)
NEVER = {
    "another account": PAYOUT + "rib = '230780000000000000000000'",
    "another holder": PAYOUT + "holder = 'Me'",
    "another amount": PAYOUT + "amount_mad = amount_mad + 1",
    "another deduction": PAYOUT + "deducted_mad = deducted_mad + 1",
    "another cooperative": PAYOUT + "cooperative_id = cooperative_id + 1",
    "another way": PAYOUT + "method = 'cash_at_agency', rib = ''",
    "a payout goes": "DELETE FROM payouts_payout",
    "a run goes": "DELETE FROM payouts_payoutrun",
    "a run is emptied": "TRUNCATE payouts_payoutline",
    "a line goes": "DELETE FROM payouts_payoutline",
    "a line moves": "UPDATE payouts_payoutline SET payout_id = payout_id",
    "a run jumps": RUN + "state = 'CLOSED'",
    "a payout jumps": PAYOUT + "state = 'SETTLED', settled_at = now()",
    "a run forgets its drafter": RUN + "run_by_id = NULL, cut_off_at = now()",
    "an event is rewritten": "UPDATE payouts_payoutevent SET by_id = NULL",
    "an event goes": "DELETE FROM payouts_payoutevent",
    "the triggers go": "ALTER TABLE payouts_payout DISABLE TRIGGER USER",
    "a run that is approved at once": (
        "INSERT INTO payouts_payoutrun (reference, cycle, currency, cut_off_at, state, run_at, content_sha256,"
        " approved_sha256) VALUES ('x', '', 'MAD', now(), 'APPROVED', now(), '', '')"
    ),
}
ONCE_SUBMITTED = {
    "a payout more": MORE.format(state="'DRAFTED'"),
    "a leg more": LINE,
    "another fingerprint": RUN + "content_sha256 = repeat('0', 64)",
    "approved with another fingerprint": (
        RUN + "state = 'APPROVED', approved_at = now(), approved_by_id = (SELECT max(id) FROM people_user),"
        " approved_sha256 = repeat('0', 64)"
    ),
    "approved by its submitter": (
        RUN + "state = 'APPROVED', approved_at = now(), approved_by_id = submitted_by_id,"
        " approved_sha256 = content_sha256"
    ),
    "approved by nobody": RUN + "state = 'APPROVED', approved_at = now(), approved_sha256 = content_sha256",
    "submitted by another": RUN + "submitted_by_id = NULL",
    "a payout approved alone": PAYOUT + "state = 'APPROVED'",
    "a payout thrown away alone": PAYOUT + "state = 'CANCELLED'",
}
ONCE_SENT = {
    "sent anew": RUN + "state = 'APPROVED', exported_at = NULL, executes_on = NULL, exported_by_id = NULL",
    "another day": RUN + "executes_on = executes_on + 1",
    "another approver": RUN + "approved_by_id = submitted_by_id",
    "a file is rewritten": "UPDATE payouts_payoutfile SET content = 'x'",
    "a file goes": "DELETE FROM payouts_payoutfile",
    "a payout is a draft again": PAYOUT + "state = 'DRAFTED'",
    "a payout is thrown away": PAYOUT + "state = 'CANCELLED'",
}
ONCE_PAID = {
    "paid again": PAYOUT + "state = 'EXPORTED', settled_at = NULL, proof = '', settled_by_id = NULL",
    "another proof": PAYOUT + "proof = 'x'",
    "what the bank wrote": "UPDATE payouts_bankfileline SET amount = 1",
    "what the bank wrote goes": "DELETE FROM payouts_bankfileline",
    "the statement goes": "DELETE FROM payouts_bankfile",
}
STAGES = {"drafted": (lambda run: run, NEVER), "submitted": (submit, NEVER | ONCE_SUBMITTED)}
STAGES |= {"approved": (approve, NEVER), "sent": (send, NEVER | ONCE_SENT)}
STAGES |= {"paid": (lambda run: settle(send(run)), NEVER | ONCE_SENT | ONCE_PAID)}
HARMLESS = {("paid", "a run jumps")}
"""It is there already: nothing changes."""


@pytest.fixture
def drafted():
    with transaction.atomic():
        deliver((make_stockrecord(), 2), method="card")
        run = draft()
        deliver((make_stockrecord(), 1), method="card")
    return run


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize("stage", STAGES)
def test_the_application_s_role_cannot_change_a_run_past_its_steps(drafted, stage):
    take, statements = STAGES[stage]
    with transaction.atomic():
        take(drafted)

    held = {what for what, statement in statements.items() if refused(statement)}

    assert statements.keys() - held - {what for at, what in HARMLESS if at == stage} == set()
    assert PayoutRun.objects.count() == 1


CONTENT = "payouts: a run that was submitted, approved or sent is what it was then"
SEEN = {
    CONTENT: "UPDATE payouts_payout SET rib = '230780000000000000000000'",
    "payouts: a run was approved by someone who neither drafted nor submitted it": (
        "ALTER TABLE payouts_payoutrun DROP CONSTRAINT payout_run_approved_by_another;"
        "UPDATE payouts_payoutrun SET approved_by_id = submitted_by_id"
    ),
    "payouts: each payout is where its run is, for its run's period": (
        "UPDATE payouts_payout SET until_day = until_day + 1"
    ),
    "payouts: the files of a run are as they were made": "UPDATE payouts_payoutfile SET content = 'x'",
    "payouts: what the bank said became of a payout is what became of it": (
        "UPDATE payouts_bankfileline SET amount = 1"
    ),
    "ledger: what is on its way to cooperatives is what was sent and has not ended": (
        "UPDATE payouts_payout SET state = 'EXPORTED'"
    ),
}
TABLES = ("payout", "payoutrun", "payoutfile", "bankfileline")


def test_the_nightly_proof_sees_what_the_owner_did_without_the_triggers(drafted):
    with transaction.atomic():
        settle(send(drafted))
    as_owner(*(f"ALTER TABLE payouts_{table} DISABLE TRIGGER USER" for table in TABLES))
    unseen = []
    for name, statement in SEEN.items():
        as_owner(*statement.split(";"))
        if not list(registered()[name]()):
            unseen.append(name)

    assert unseen == []
