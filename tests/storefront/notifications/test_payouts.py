"""A cooperative hears once that it was paid, in three lines, and once that a payment came back; and of answers."""

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import registered
from catalogue.people.models import User
from fulfilment.payouts import operations
from fulfilment.payouts.models import Payout
from fulfilment.questions.models import Question
from storefront.notifications import payouts, questions
from storefront.notifications.models import Message
from storefront.notifications.policies import MOST_SEGMENTS, segments
from tests.factories.asking import answer, ask
from tests.factories.catalogue import make_cooperative, make_stockrecord
from tests.factories.movements import give_back
from tests.factories.payouts import deliver, draft, pay_all, send, send_back_from_bank, submitter
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db
PHONE, MAIL = "+212661111111", "asni@example.org"


@pytest.fixture
def argan():
    return make_cooperative(short_name="Asni", phone=PHONE, email=MAIL)


@pytest.fixture
def payout(argan):
    line = deliver((make_stockrecord(cooperative=argan, farm_gate="80.00"), 3), method="card").lines.get()
    give_back(line, 1)
    pay_all()
    return Payout.objects.get()


def told(kind):
    rows = Message.objects.filter(kind=kind).order_by("channel", "recipient")
    return list(rows.values_list("channel", "recipient", "language"))


def lines_of(text):
    return [line.replace("\xa0", " ") for line in text.splitlines()]


def test_a_payment_is_told_in_three_lines_once(argan, payout, run_jobs):
    make_member(argan, "owner", phone="+212662222222", language="en")
    run_jobs()
    payouts.tell_of_payout(payout_id=payout.pk, kind=payouts.SETTLED, now=timezone.now())

    assert told("cooperative.payout_settled") == [
        ("mail", MAIL, "ar"),
        ("sms", PHONE, "ar"),
        ("sms", "+212662222222", "en"),
    ]
    sms = Message.objects.get(recipient="+212662222222", kind="cooperative.payout_settled")
    day = f"{payout.settled_at:%d/%m/%Y}"
    assert lines_of(sms.text) == [
        "Bilad Al Khair, Asni",
        "Sold and owed: MAD 240.00",
        "Taken off: MAD 80.00",
        f"Paid on {day}: MAD 160.00",
    ]
    mail = Message.objects.get(channel="mail", kind="cooperative.payout_settled")
    assert f"/money/{payout.reference}/" in mail.text
    assert "\n" not in mail.subject


def test_a_payment_that_came_back_is_told_once_and_without_the_account(payout, run_jobs):
    run_jobs()
    send_back_from_bank(payout)
    run_jobs()
    run_jobs()

    assert told("cooperative.payout_returned") == [("mail", MAIL, "ar"), ("sms", PHONE, "ar")]
    assert [message.key for message in Message.objects.all() if payout.rib in message.text] == []
    assert [name for name, check in registered().items() if name.startswith("messages: ") and list(check())] == []


def test_nobody_is_told_of_a_payment_that_came_back_by_then(payout, run_jobs):
    send_back_from_bank(payout)

    run_jobs()

    assert (told("cooperative.payout_settled"), len(told("cooperative.payout_returned"))) == ([], 2)


def paid_by(argan, method):
    type(argan).objects.update(payout_method=method)
    make_member(argan, "owner", phone="+212662222222", language="en")
    deliver((make_stockrecord(cooperative=argan, farm_gate="80.00"), 3), method="card")
    return send(draft()).payouts.select_related("run").get()


def english(kind):
    return lines_of(Message.objects.get(kind=kind, language="en").text)


@pytest.mark.parametrize(
    ("method", "where"), [("cash_at_agency", "at the agency"), ("cheque", "at the office, a cheque")]
)
def test_money_that_can_be_fetched_is_told_with_its_day_once(argan, method, where, run_jobs):
    payout = paid_by(argan, method)
    run_jobs()
    run_jobs()

    assert told("cooperative.payout_ready") == [
        ("mail", MAIL, "ar"),
        ("sms", PHONE, "ar"),
        ("sms", "+212662222222", "en"),
    ]
    assert english("cooperative.payout_ready") == [
        "Bilad Al Khair, Asni",
        f"From {payout.run.executes_on:%d/%m/%Y} {where}: MAD 240.00",
        f"Bring an identity card. Reference: {payout.reference}",
    ]


def test_a_transfer_is_told_once_the_bank_paid_it_not_before(argan, run_jobs):
    paid_by(argan, "bank_transfer")

    run_jobs()

    assert not Message.objects.filter(kind__startswith="cooperative.payout").exists()


@pytest.mark.parametrize(("method", "said"), [("cash_at_agency", "at the agency"), ("cheque", "cheque")])
def test_what_was_not_fetched_is_told_without_a_word_of_a_bank_account(argan, method, said, run_jobs):
    payout = paid_by(argan, method)
    make_member(argan, "owner", email="owner@example.org", language="en")

    operations.return_by_hand(payout_id=payout.pk, reason="not fetched", by=submitter(), now=payout.run.run_at)
    run_jobs()

    found = Message.objects.filter(kind="cooperative.payout_returned", language="en").values_list("channel", "text")
    assert {channel for channel, _text in found} == {"mail", "sms"}
    assert [text for _channel, text in found if "account" in text or said not in text] == []


def test_what_the_bank_did_not_carry_out_asks_nobody_to_look_at_an_account(argan, run_jobs):
    payout = paid_by(argan, "bank_transfer")
    said = {"reason": "the day was over", "paper": "pain.002", "by": submitter(), "now": payout.run.run_at}
    ending = operations.ask_not_carried_out(run_id=payout.run_id, **said)
    operations.agree(ending_id=ending.pk, by=make_staff("finance"), now=payout.run.run_at)

    run_jobs()

    assert english("cooperative.payout_returned") == [
        "Bilad Al Khair: the bank did not carry out our payment of MAD 240.00 for Asni. It stays yours and is paid "
        "again. Questions: 05 22 00 00 00"
    ]


def test_a_cooperative_without_mail_is_told_by_sms_alone(argan, payout, run_jobs):
    type(argan).objects.update(email="")

    run_jobs()

    assert told("cooperative.payout_settled") == [("sms", PHONE, "ar")]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("kind", [payouts.SETTLED, payouts.RETURNED])
def test_each_sms_fits(argan, payout, kind, language):
    name = "تعاونية نساء أركان للتنمية المستدامة" * 3 if language == "ar" else "Coopérative féminine agricole " * 4
    type(argan).objects.update(short_name=name[:120])
    make_member(argan, "owner", phone="+212662222222", language=language)

    payouts.tell_of_payout(payout_id=payout.pk, kind=kind, now=timezone.now())

    texts = list(Message.objects.filter(channel="sms").values_list("text", flat=True))
    assert len(texts) == 2
    assert [text for text in texts if segments(text) > MOST_SEGMENTS] == []


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("method", ["cash_at_agency", "cheque"])
def test_each_sms_about_what_is_fetched_fits(argan, method, language):
    payout = paid_by(argan, method)
    type(argan).objects.update(short_name="Coopérative féminine agricole " * 4)
    User.objects.filter(phone="+212662222222").update(language=language)

    for kind in (payouts.READY, payouts.RETURNED):
        payouts.tell_of_payout(payout_id=payout.pk, kind=kind, now=timezone.now())

    texts = list(Message.objects.filter(channel="sms").values_list("text", flat=True))
    assert len(texts) == 4
    assert [text for text in texts if segments(text) > MOST_SEGMENTS] == []


def test_the_office_hears_of_a_question_and_the_cooperative_of_the_answer_each_once(argan, payout, run_jobs):
    owner = make_member(argan, "owner", phone="+212662222222", language="fr")
    finance, support = make_staff("finance"), make_staff("support")
    make_staff("catalogue")
    run_jobs()

    asked = ask(argan, owner, "Pourquoi si peu ?")
    run_jobs()
    questions.tell_of_question(message_id=asked.pk, now=timezone.now())
    said = answer(Question.objects.get(), finance)
    run_jobs()
    questions.tell_of_question(message_id=said.pk, now=timezone.now())

    assert {one[1] for one in told("office.question_asked")} == {finance.email, support.email}
    assert told("cooperative.question_answered") == [
        ("mail", MAIL, "ar"),
        ("sms", PHONE, "ar"),
        ("sms", "+212662222222", "fr"),
    ]
    assert "Pourquoi si peu ?" in Message.objects.filter(kind="office.question_asked").first().text
    sms = Message.objects.get(recipient="+212662222222", kind="cooperative.question_answered")
    assert sms.text.endswith(f"/money/lines/{Question.objects.get().ledger_line_id}/")


def test_whoever_sees_to_it_hears_of_it_alone(argan, payout, run_jobs):
    owner, finance = make_member(argan, "owner"), make_staff("finance")
    make_staff("support")
    ask(argan, owner)
    answer(Question.objects.get(), finance)
    run_jobs()
    Message.objects.filter(kind="office.question_asked").delete()

    ask(argan, owner, "And the other jar?")
    run_jobs()

    assert [one[1] for one in told("office.question_asked")] == [finance.email]


def test_a_long_question_fits_an_sms(argan, payout, run_jobs):
    owner = make_member(argan, "owner", language="ar")
    ask(argan, owner)
    answer(Question.objects.get(), make_staff("finance"), "انكسرت قارورة في الطريق. " * 30)

    run_jobs()

    texts = Message.objects.filter(kind="cooperative.question_answered", channel="sms").values_list("text", flat=True)
    assert [text for text in texts if segments(text) > MOST_SEGMENTS] == []
