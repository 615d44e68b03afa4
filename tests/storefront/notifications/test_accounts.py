"""Who hears of a new bank account: whoever the cooperative had as contact, before and now, each once."""

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalogue.banking import operations
from catalogue.cooperatives.models import Partner
from storefront.notifications.accounts import NOTICES, PROPOSED
from storefront.notifications.models import Message
from tests.catalogue.loading.conftest import NOW, folder  # noqa: F401
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
OLD, NEW = "+212661111111", "+212662222222"


@pytest.fixture
def argan():
    return make_cooperative(short_name="Asni", phone=OLD, email="asni@example.org")


def told(kind):
    rows = Message.objects.filter(kind=f"cooperative.{kind}").order_by("channel", "recipient")
    return list(rows.values_list("recipient", flat=True))


def test_a_proposal_is_told_to_phone_and_mail_with_what_to_do(argan):
    account = propose_account(argan, now=timezone.now())

    assert told("account_proposed") == ["asni@example.org", OLD]
    for message in Message.objects.all():
        assert account.masked[2:] in message.text
        assert account.rib not in message.text
        assert account.former.rib not in message.text


def test_the_letter_says_where_a_payment_under_way_goes(argan):
    propose_account(argan, now=timezone.now())

    with translation.override("ar"):
        said = _("Another bank account for %(name)s")
    mail = Message.objects.get(channel="mail")
    with translation.override("en"):
        letter = str(NOTICES[PROPOSED].text)
    assert mail.subject == said % {"name": "Asni"}
    assert "Nothing is paid" not in letter
    assert "A payment that was under way before still goes to the former account" in letter


def test_a_phone_changed_lately_does_not_keep_the_former_one_from_hearing(argan):
    Partner.objects.filter(pk=argan.pk).update(phone=NEW, email="thief@example.org")

    propose_account(argan, now=timezone.now())

    assert sorted(told("account_proposed")) == sorted([OLD, NEW, "asni@example.org", "thief@example.org"])


def test_a_file_that_changes_phone_and_account_at_once_tells_the_former_phone(folder):  # noqa: F811
    folder.load()
    former = Partner.objects.get(code="COOP-001").phone
    rib = make_rib(1)
    folder.set("cooperatives.csv", 0, rib=rib, iban=f"MA64{rib}", bank_code="230", phone=NEW)

    folder.load(now=NOW)

    assert {former, NEW} <= set(told("account_proposed"))


def test_every_step_is_told_once(argan):
    first = propose_account(argan, now=timezone.now())
    operations.refuse(account_id=first.pk, reason="Wrong paper.", by=make_staff("finance"), now=timezone.now())
    second = propose_account(argan, rib=make_rib(8), now=timezone.now())
    operations.approve(account_id=second.pk, rib=second.rib, by=make_staff("finance"), now=timezone.now())

    counts = [len(told(kind)) for kind in ("account_proposed", "account_refused", "account_approved")]
    assert counts == [4, 2, 2]
    assert "Wrong paper." in Message.objects.get(kind="cooperative.account_refused", recipient=OLD).text


def test_the_account_a_cooperative_came_with_is_told_to_nobody(argan):
    assert Message.objects.count() == 0
