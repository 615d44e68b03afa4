from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from catalogue.banking import operations, queries
from catalogue.banking.models import AccountEvent, BankAccount, FormerContact
from catalogue.banking.policies import NotARib, Why
from catalogue.banking.queries import Hold, Status
from catalogue.cooperatives.models import Partner, Union
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def argan() -> Partner:
    return make_cooperative(name="Argan d'Asni", slug="argan")


@pytest.fixture
def finance():
    return make_staff("finance")


def usable(cooperative, at):
    return queries.usable_accounts([cooperative.pk], at).get(cooperative.pk)


def hold(cooperative, at):
    return queries.standing(cooperative.pk, at).hold


def statuses(cooperative, at):
    return [status for _account, status in queries.history(cooperative.pk, at)]


def test_an_account_is_used_once_another_agreed_and_72_hours_passed(argan, finance):
    now = timezone.now()
    first = usable(argan, now)
    owner = make_member(argan)

    account = propose_account(argan, by=owner, route="portal", now=now)
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=now + HOUR)

    after = [now, now + HOUR, now + 72 * HOUR, now + 73 * HOUR]
    assert [usable(argan, at) for at in after] == [None, None, None, account]
    assert [hold(argan, at) for at in after] == [Hold.CHANGING, Hold.CHANGING, Hold.CHANGING, None]
    assert usable(argan, now - HOUR) == first
    assert statuses(argan, now + 72 * HOUR) == [Status.WAITING, Status.ACTIVE]
    assert statuses(argan, now + 73 * HOUR) == [Status.ACTIVE, Status.REPLACED]


def test_a_refused_proposal_leaves_the_account_as_it_was(argan, finance):
    now = timezone.now()
    first = usable(argan, now)
    account = propose_account(argan, now=now)

    operations.refuse(account_id=account.pk, reason="The paper is of someone else.", by=finance, now=now + HOUR)

    assert (usable(argan, now), usable(argan, now + HOUR)) == (None, first)
    assert statuses(argan, now + HOUR) == [Status.REFUSED, Status.ACTIVE]


def test_a_withdrawn_proposal_leaves_the_account_as_it_was(argan):
    now = timezone.now()
    first = usable(argan, now)
    owner = make_member(argan)
    account = propose_account(argan, by=owner, now=now)

    operations.withdraw(account_id=account.pk, by=owner, now=now + HOUR)

    assert usable(argan, now + HOUR) == first
    with pytest.raises(operations.NotProposed):
        operations.withdraw(account_id=account.pk, by=owner, now=now + HOUR)


def test_the_former_account_is_paid_to_meanwhile_once_someone_confirmed_it(argan, finance):
    now = timezone.now()
    first = usable(argan, now)
    account = propose_account(argan, now=now)
    operations.keep_former(account_id=account.pk, by=finance, now=now + HOUR)
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=now + 2 * HOUR)

    assert usable(argan, now) is None
    assert usable(argan, now + HOUR) == usable(argan, now + 73 * HOUR) == first
    assert usable(argan, now + 74 * HOUR) == account
    with pytest.raises(operations.NoFormer):
        operations.keep_former(account_id=account.pk, by=finance, now=now + 3 * HOUR)


def test_a_blocked_account_is_not_paid_to_until_another_is_used(argan, finance):
    now = timezone.now()
    first = usable(argan, now)

    operations.block_account(account_id=first.pk, reason="returned by the bank", now=now)
    operations.block_account(account_id=first.pk, reason="returned again", now=now + HOUR)

    assert (usable(argan, now - HOUR), usable(argan, now), hold(argan, now)) == (first, None, Hold.BLOCKED)
    assert BankAccount.objects.get(pk=first.pk).reason == "returned by the bank"
    account = propose_account(argan, now=now + HOUR)
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=now + HOUR)
    assert usable(argan, now + 73 * HOUR) == account


def test_the_same_number_may_be_proposed_again_once_it_was_blocked(argan):
    now = timezone.now()
    first = usable(argan, now)
    operations.block_account(account_id=first.pk, reason="returned by the bank", now=now)

    again = propose_account(argan, rib=first.rib, now=now)

    assert again.former == first


def test_an_account_blocked_before_its_hour_never_replaces_the_former_one(argan, finance):
    now = timezone.now()
    first = usable(argan, now)
    account = propose_account(argan, now=now)
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=now)

    operations.block_account(account_id=account.pk, reason="It was not them.", by=finance, now=now + HOUR)

    assert usable(argan, now + HOUR) == usable(argan, now + 100 * HOUR) == first


def test_only_an_approved_account_is_blocked_and_for_a_reason(argan):
    account = propose_account(argan, now=timezone.now())

    with pytest.raises(operations.NotApproved):
        operations.block_account(account_id=account.pk, reason="why not", now=timezone.now())
    with pytest.raises(operations.NoReason):
        operations.block_account(account_id=usable(argan, timezone.now() - HOUR).pk, reason=" ", now=timezone.now())


def test_nobody_decides_on_what_they_proposed(argan, finance):
    account = propose_account(argan, by=finance, now=timezone.now())

    approve = partial(operations.approve, account_id=account.pk, rib=account.rib)
    for decide in (approve, partial(operations.keep_former, account_id=account.pk)):
        with pytest.raises(operations.OwnProposal):
            decide(by=finance, now=timezone.now())
    with pytest.raises(operations.OwnProposal):
        operations.refuse(account_id=account.pk, reason="no", by=finance, now=timezone.now())


def test_nobody_decides_without_the_right_or_for_a_cooperative_of_their_own(argan, finance):
    account = propose_account(argan, now=timezone.now())
    argan.memberships.create(user=finance, role="clerk")

    with pytest.raises(operations.OwnCooperative):
        operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=timezone.now())
    with pytest.raises(operations.NoRight):
        operations.approve(account_id=account.pk, rib=account.rib, by=make_staff("support"), now=timezone.now())
    with pytest.raises(operations.NoRight):
        operations.approve(account_id=account.pk, rib=account.rib, by=make_member(argan), now=timezone.now())


def test_what_was_decided_is_not_decided_again(argan, finance):
    account = propose_account(argan, now=timezone.now())
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=timezone.now())

    with pytest.raises(operations.NotProposed):
        operations.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=timezone.now())
    with pytest.raises(operations.NotProposed):
        operations.refuse(account_id=account.pk, reason="no", by=finance, now=timezone.now())


def test_another_number_than_the_proposed_one_is_refused_and_counted(argan, finance):
    account, now = propose_account(argan, now=timezone.now()), timezone.now()

    for number in range(5):
        with pytest.raises(operations.OtherNumber):
            operations.approve(account_id=account.pk, rib=make_rib(500 + number), by=finance, now=now)
    for person in (finance, make_staff("director")):
        with pytest.raises(operations.TooManyTries):
            operations.approve(account_id=account.pk, rib=account.rib, by=person, now=now)

    assert BankAccount.objects.get(pk=account.pk).state == "PROPOSED"
    assert AccountEvent.objects.filter(account=account, kind="mistyped", made_by=finance).count() == 5
    operations.refuse(account_id=account.pk, reason="The paper is another's.", by=finance, now=now)
    again = propose_account(argan, now=now)
    assert operations.approve(account_id=again.pk, rib=again.rib, by=finance, now=now).state == "APPROVED"


def test_the_number_of_the_paper_is_read_as_a_proposed_one_is(argan, finance):
    account, now = propose_account(argan, now=timezone.now()), timezone.now()

    with pytest.raises(NotARib):
        operations.approve(account_id=account.pk, rib=account.rib[1:], by=finance, now=now)
    written = f"MA64 {account.rib[:3]} {account.rib[3:6]}-{account.rib[6:]}".translate(ARABIC)
    operations.approve(account_id=account.pk, rib=written, by=finance, now=now)

    assert BankAccount.objects.get(pk=account.pk).state == "APPROVED"


def test_a_refusal_says_why(argan, finance):
    account = propose_account(argan, now=timezone.now())

    with pytest.raises(operations.NoReason):
        operations.refuse(account_id=account.pk, reason="  ", by=finance, now=timezone.now())


def test_one_proposal_at_a_time(argan):
    propose_account(argan, now=timezone.now())

    with pytest.raises(operations.AlreadyProposed):
        propose_account(argan, rib=make_rib(77), now=timezone.now())


def test_the_account_in_use_or_soon_to_be_is_not_proposed(argan, finance):
    now = timezone.now()
    first = usable(argan, now)
    with pytest.raises(operations.SameAccount):
        propose_account(argan, rib=f"MA64 {first.rib}", now=now)
    account = propose_account(argan, now=now)
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=now)

    with pytest.raises(operations.SameAccount):
        propose_account(argan, rib=account.rib, now=now)
    assert propose_account(argan, rib=first.rib, now=now).former == first


def test_a_number_is_read_before_it_is_proposed(argan):
    with pytest.raises(NotARib) as refusal:
        propose_account(argan, rib=make_rib(1, bank="999"), now=timezone.now())

    assert refusal.value.why == Why.BANK


def test_an_account_of_another_cooperative_is_refused_outside_one_union(argan):
    union = Union.objects.create(code="U01", kind="union", name="Union")
    honey, saffron = make_cooperative(), make_cooperative(union=union)
    theirs = usable(honey, timezone.now()).rib

    with pytest.raises(operations.UsedElsewhere):
        propose_account(argan, rib=theirs, now=timezone.now())

    Partner.objects.filter(pk__in=[argan.pk]).update(union=union)
    shared = propose_account(argan, rib=usable(saffron, timezone.now()).rib, now=timezone.now())
    assert shared.rib == usable(saffron, timezone.now()).rib


def test_an_account_of_a_cooperative_that_is_gone_may_be_proposed(argan):
    gone = make_cooperative()
    theirs = usable(gone, timezone.now()).rib
    Partner.objects.filter(pk=gone.pk).update(is_active=False)

    assert propose_account(argan, rib=theirs, now=timezone.now()).rib == theirs


def test_only_a_cooperative_without_account_and_people_comes_with_one(argan):
    bare = make_cooperative(with_account=False)
    make_member(bare)

    for cooperative in (argan, bare):
        with pytest.raises(operations.NotAnOpening):
            operations.open_account(
                cooperative_id=cooperative.pk, rib=make_rib(88), holder_name="x", now=timezone.now()
            )
    assert hold(bare, timezone.now()) == Hold.NONE


def test_every_step_is_noted_with_both_numbers(argan, finance):
    now = timezone.now()
    first = usable(argan, now)
    account = propose_account(argan, by=make_member(argan), now=now)
    operations.approve(account_id=account.pk, rib=account.rib, by=finance, now=now)
    operations.block_account(account_id=account.pk, reason="It was not them.", by=finance, now=now)

    rows = AccountEvent.objects.filter(account=account).values_list("kind", "old_rib", "new_rib", "note")
    assert list(rows) == [
        ("proposed", first.rib, account.rib, ""),
        ("approved", first.rib, account.rib, ""),
        ("blocked", first.rib, account.rib, "It was not them."),
    ]


def test_the_contact_before_a_change_is_kept_for_a_while(argan):
    old, now = argan.phone, timezone.now()
    Partner.objects.filter(pk=argan.pk).update(phone="+212611111111")
    argan.refresh_from_db()
    FormerContact.objects.create(cooperative=argan, phone="+212622222222", changed_at=now - timedelta(days=31))

    assert queries.contacts(argan, now) == [("+212611111111", ""), (old, "")]


def test_usable_accounts_of_many_take_one_query(django_assert_num_queries):
    cooperatives = [make_cooperative().pk for _ in range(3)]

    with django_assert_num_queries(1):
        assert queries.usable_accounts(cooperatives, timezone.now()).keys() == set(cooperatives)
