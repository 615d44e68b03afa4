"""Refunds, disputes, fees, payouts and lists of the demonstration bank; with the pinned SDK."""

from datetime import timedelta

import pytest
import stripe

from storefront.demo.stripe.cards import DISPUTED, REFUND_FAILS, REFUND_LATE

from .conftest import ask, create, paid


def refund(client, intent, amount=None, key="r1", **params):
    values = {"payment_intent": intent.id, **({"amount": amount} if amount else {}), **params}
    return client.v1.refunds.create(values, options={"idempotency_key": key})


def types(server, start=""):
    return [event["type"] for event in server.bank.events.values() if event["type"].startswith(start)]


def test_a_charge_is_booked_with_its_fee(server, client):
    intent = paid(server, client, amount=10_000)

    booked = intent.latest_charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net, booked.type) == (10_000, 320, 9_680, "charge")
    assert booked.source == intent.latest_charge.id


def test_refunds_in_parts_never_go_above_what_was_captured(server, client):
    intent = paid(server, client)
    parts = [refund(client, intent, 800, "r1"), refund(client, intent, 400, "r2")]

    with pytest.raises(stripe.InvalidRequestError) as over:
        refund(client, intent, 51, "r3")
    rest = refund(client, intent, key="r4")
    with pytest.raises(stripe.InvalidRequestError) as again:
        refund(client, intent, key="r5")

    assert [one.status for one in (*parts, rest)] == ["succeeded"] * 3
    assert (rest.amount, over.value.code, again.value.code) == (50, "amount_too_large", "charge_already_refunded")
    assert types(server, "refund.") == ["refund.created"] * 3


@pytest.mark.parametrize(
    ("card", "ends", "told"),
    [(REFUND_LATE, "succeeded", ["refund.updated"]), (REFUND_FAILS, "failed", ["refund.updated", "refund.failed"])],
)
def test_a_refund_that_is_pending_ends_later(server, client, clock, card, ends, told):
    intent = paid(server, client, number=card)
    made = refund(client, intent)

    clock.shift(timedelta(seconds=9))

    found = client.v1.refunds.retrieve(made.id)
    charge = client.v1.charges.retrieve(intent.latest_charge.id)
    assert (made.status, found.status) == ("pending", ends)
    assert charge.amount_refunded == (1250 if ends == "succeeded" else 0)
    assert types(server, "refund.") == ["refund.created", *told]


def test_what_was_never_captured_is_not_refunded(client):
    with pytest.raises(stripe.InvalidRequestError):
        refund(client, create(client))


@pytest.mark.parametrize(("won", "left"), [(True, 1184), (False, -1566)])
def test_a_dispute_takes_the_money_until_it_is_won(server, client, won, left):
    intent = paid(server, client)
    dispute = server.bank.open_dispute(intent.latest_charge.id)
    with pytest.raises(stripe.InvalidRequestError):
        refund(client, intent)

    server.bank.close_dispute(dispute["id"], won=won)

    assert client.v1.disputes.retrieve(dispute["id"]).status == ("won" if won else "lost")
    balance = client.v1.balance.retrieve()
    assert [(row.amount, row.currency) for row in balance.available] == [(left, "eur")]
    reinstated = ["charge.dispute.funds_reinstated"] if won else []
    opened = ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    assert types(server, "charge.dispute") == [*opened, *reinstated, "charge.dispute.closed"]


def answer(client, dispute, key="a1", **params):
    return client.v1.disputes.update(dispute["id"], params, options={"idempotency_key": key})


def test_evidence_is_submitted_once_and_the_bank_decides_after_it(server, client):
    dispute = server.bank.open_dispute(paid(server, client).latest_charge.id)
    staged = answer(client, dispute, "a1", evidence={"customer_name": "F"}, submit=False)
    sent = answer(client, dispute, "a2", evidence={"uncategorized_text": "It arrived."})
    with pytest.raises(stripe.InvalidRequestError) as again:
        answer(client, dispute, "a3", evidence={"uncategorized_text": "Really."})
    server.bank.close_dispute(dispute["id"], won=True)
    with pytest.raises(stripe.InvalidRequestError) as closed:
        answer(client, dispute, "a4", evidence={"uncategorized_text": "Really."})

    assert (staged.status, staged.evidence_details.submission_count) == ("needs_response", 0)
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert sent.evidence.to_dict() == {"customer_name": "F", "uncategorized_text": "It arrived."}
    assert (again.value.code, closed.value.code) == ("dispute_evidence_submitted", "dispute_closed")


@pytest.mark.parametrize(
    "params", [{"evidence": {"what_i_think": "x"}}, {"proof": "x"}, {"evidence": {"uncategorized_text": "x" * 20_001}}]
)
def test_evidence_takes_the_fields_of_the_sdk_alone(server, client, params):
    dispute = server.bank.open_dispute(paid(server, client).latest_charge.id)

    with pytest.raises(stripe.InvalidRequestError):
        answer(client, dispute, **params)


def test_a_bank_that_asks_takes_nothing_until_it_disputes(server, client):
    intent = paid(server, client)
    dispute = server.bank.open_dispute(intent.latest_charge.id, warning=True, amount=400)
    refund(client, intent, 100)
    server.bank.escalate_dispute(dispute["id"])
    with pytest.raises(stripe.InvalidRequestError):
        refund(client, intent, 100, "r2")

    found = client.v1.disputes.retrieve(dispute["id"])
    assert (found.status, found.balance_transactions[0].amount) == ("needs_response", -400)


def test_a_card_that_disputes_does_so_by_itself(server, client):
    intent = paid(server, client, number=DISPUTED)

    client.v1.payment_intents.retrieve(intent.id)

    assert [one.charge for one in client.v1.disputes.list().data] == [intent.latest_charge.id]


def test_a_payout_takes_what_is_there_once_and_its_lines_add_up(server, client):
    for number in range(3):
        paid(server, client, f"k{number}")
    refund(client, client.v1.payment_intents.list().data[0], 500)

    payout = server.bank.pay_out("eur")
    with pytest.raises(Exception, match="nothing to pay out"):
        server.bank.pay_out("eur")

    lines = client.v1.balance_transactions.list({"payout": payout["id"], "limit": 2}).auto_paging_iter()
    nets = [line.net for line in lines]
    assert (payout["amount"], sum(nets), len(nets)) == (3 * 1184 - 500, 0, 5)
    assert types(server, "payout.") == ["payout.paid", "payout.reconciliation_completed"]


def test_transactions_are_listed_by_type_and_page_by_page(server, client):
    for number in range(5):
        paid(server, client, f"k{number}")
    refund(client, client.v1.payment_intents.list().data[0], 500)

    charges = list(client.v1.balance_transactions.list({"type": "charge", "limit": 2}).auto_paging_iter())

    assert len({one.id for one in charges}) == 5
    assert [one.amount for one in client.v1.balance_transactions.list({"type": "refund"}).data] == [-500]


def test_events_are_listed_by_type_and_time(server, client, clock):
    paid(server, client)
    clock.shift(timedelta(days=4))
    intent = paid(server, client, "k2")

    since = {"gte": intent.created - 60}
    found = client.v1.events.list({"types": ["payment_intent.succeeded", "refund.created"], "created": since})

    assert [event.data.object.id for event in found.data] == [intent.id]
    assert (found.data[0].livemode, found.data[0].api_version) == (False, stripe.api_version)


def test_the_controls_are_for_whoever_holds_the_secret_key(server, client):
    intent = paid(server, client)
    body = f"charge={intent.latest_charge.id}"

    answers = [ask(server, "POST", f"/control/{name}", body)[0] for name in ("disputes", "nothing")]
    stranger = ask(server, "POST", "/control/disputes", body, key="pk_test_x")[0]

    assert (answers, stranger, len(server.bank.disputes)) == ([200, 404], 401, 1)
