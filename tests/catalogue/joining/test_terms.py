"""How a cooperative is paid: set with a reason, told, kept, and obeyed whatever an older file says."""

import pytest
from django.utils import timezone, translation

from catalogue.cooperatives.models import Partner
from catalogue.joining import datasets, invariants, operations
from catalogue.joining.models import PayoutTerms
from storefront.notifications.models import Message
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def argan():
    return make_cooperative(phone="+212740122222")


def set_terms(cooperative, by=None, **fields):
    values = {"method": "cheque", "cycle": "monthly", "reason": "It asked for it."} | fields
    return operations.set_payout_terms(
        cooperative_id=cooperative.pk, by=by or make_staff("finance"), now=timezone.now(), **values
    )


def test_terms_are_set_with_who_when_why_and_what_was_before(argan):
    finance = make_staff("finance")

    terms = set_terms(argan, by=finance)

    argan.refresh_from_db()
    assert (argan.payout_method, argan.payout_cycle) == ("cheque", "monthly")
    assert (terms.former_method, terms.former_cycle, terms.set_by) == ("bank_transfer", "weekly", finance)
    assert list(invariants.last_terms_hold()) == []


def test_the_cooperative_is_told_by_sms_in_its_language(argan):
    make_member(argan, phone=argan.phone, language="en")

    set_terms(argan)

    message = Message.objects.get(kind="cooperative.payout_terms")
    assert (message.recipient, "cheque, monthly" in message.text) == (argan.phone, True)


def test_what_holds_already_is_not_set_again(argan):
    with pytest.raises(operations.SameTerms):
        set_terms(argan, method="bank_transfer", cycle="weekly")
    with pytest.raises(operations.NoReason):
        set_terms(argan, reason=" ")
    with pytest.raises(operations.NoRight):
        set_terms(argan, by=make_staff("support"))

    assert not PayoutTerms.objects.exists()


def test_nobody_decides_how_their_own_cooperative_is_paid(argan):
    finance = make_staff("finance")
    argan.memberships.create(user=finance, role="owner")

    with translation.override("en"), pytest.raises(operations.OwnTerms):
        set_terms(argan, by=finance)


def test_an_older_file_does_not_undo_what_was_set(argan):
    set_terms(argan)
    Partner.objects.filter(pk=argan.pk).update(payout_method="bank_transfer")
    assert list(invariants.last_terms_hold()) == [argan]

    counts = datasets.keep_payout_terms(None)

    argan.refresh_from_db()
    assert (argan.payout_method, counts.changed) == ("cheque", 1)
    assert datasets.keep_payout_terms(None).unchanged == 1
