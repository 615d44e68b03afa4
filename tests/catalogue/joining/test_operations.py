"""The way of an application, step by step, and what is refused on it."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone, translation
from PIL import Image

from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Membership, Partner
from catalogue.joining import links, operations, queries
from catalogue.joining.models import Application, FeeAgreement, Step
from catalogue.kernel.invariants import violations
from catalogue.people.models import User
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import Fee
from storefront.joining.presenting import fee_lines
from storefront.notifications.models import Message
from tests.factories.banking import make_rib
from tests.factories.catalogue import make_cooperative, make_product
from tests.factories.complaints import photo
from tests.factories.joining import make_application, make_papers, make_said, offer, send_application
from tests.factories.people import make_person, make_staff

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def activate(application, code=None):
    found = Application.objects.get(pk=application.pk)
    return operations.activate(
        application_id=found.pk, code=links.code_of(found) if code is None else code, now=timezone.now()
    )


def test_a_cooperative_goes_the_whole_way():
    approver, offerer = make_staff("catalogue"), make_staff("finance")
    application = make_application("AGREED", approver=approver, offerer=offerer, rib=make_rib(31))

    owner = activate(application)

    cooperative = Partner.objects.get(application=application)
    account = BankAccount.objects.get(cooperative=cooperative)
    assert (cooperative.is_active, cooperative.place.kind, cooperative.ice) == (True, "cooperative", application.ice)
    assert (cooperative.payout_method, cooperative.payout_cycle) == ("cash_at_agency", "weekly")
    assert cooperative.tax_statuses.get().status == "exempt_below_10m"
    assert (account.state, account.rib, account.proposed_by) == ("PROPOSED", application.rib, approver)
    assert (owner.phone, owner.has_usable_password()) == (application.phone, False)
    assert timezone.now() - owner.phone_verified_at < timedelta(minutes=1)
    assert Membership.objects.get(cooperative=cooperative).role == "owner"
    assert [step.kind for step in application.steps.all()] == [
        *("sent", "proved", "taken", "approved", "offered", "agreed", "activated")
    ]
    assert [rows for name, rows in violations() if rows and ("joining" in name or "accounts" in name)] == []


def test_the_same_form_twice_is_one_application():
    said = make_said()
    first = operations.apply(said=said, papers={}, now=timezone.now())

    assert operations.apply(said=said, papers={}, now=timezone.now()) == first
    assert Application.objects.count() == 1


@pytest.mark.parametrize("field", ["ice", "register_no", "phone"])
def test_a_number_of_another_application_is_told(field):
    other = make_application()

    with pytest.raises(operations.KnownAlready) as told:
        operations.apply(said=make_said(**{field: getattr(other, field)}), papers={}, now=timezone.now())

    assert told.value.field == field
    assert Application.objects.count() == 1


@pytest.mark.parametrize("field", ["ice", "register_no"])
def test_a_number_of_a_cooperative_is_told(field):
    known = make_cooperative()

    with pytest.raises(operations.KnownAlready, match="its cooperative is here"):
        operations.apply(said=make_said(**{field: getattr(known, field)}), papers={}, now=timezone.now())


def test_after_a_refusal_the_same_numbers_may_apply_again():
    said = make_said()
    first = operations.apply(said=said, papers={}, now=timezone.now())
    operations.refuse(application_id=first.pk, reason="Not yet.", by=make_staff("catalogue"), now=timezone.now())

    again = operations.apply(
        said=make_said(ice=said.ice, register_no=said.register_no, phone=said.phone), papers={}, now=timezone.now()
    )

    assert (again.state, again.pk != first.pk) == ("SENT", True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>%PDF-", "neither a PDF nor a photo"),
        (b"GIF89a", "neither a PDF nor a photo"),
        (b"", "neither a PDF nor a photo"),
        (b"%PDF-" + b"0" * 5 * 1024 * 1024, "larger than 5 MB"),
        (b"\xff\xd8\xff\xe0 not a picture", "not a photo"),
        (photo(kind="PNG").read()[:60], "damaged|not a photo"),
    ],
)
def test_what_is_no_paper_is_refused(content, words):
    with pytest.raises(operations.NotADocument, match=words):
        operations.read_paper(content)


def test_a_picture_is_written_anew_and_a_pdf_stays_as_it_came():
    picture = Image.new("RGB", (40, 30), "green")
    exif = picture.getexif()
    exif[0x010F] = "Somebody's telephone"
    sent = BytesIO()
    picture.save(sent, "PNG", exif=exif)

    picture = operations.read_paper(sent.getvalue())

    assert (picture.content_type, b"telephone" in sent.getvalue(), b"telephone" in picture.content) == (
        "image/jpeg",
        True,
        False,
    )
    assert operations.read_paper(b"%PDF-1.7 x").content == b"%PDF-1.7 x"


def test_too_many_files_are_refused():
    application = make_application()
    for _ in range(4):
        operations.send_papers(application_id=application.pk, papers=make_papers(), now=timezone.now())

    with pytest.raises(operations.TooManyDocuments):
        operations.send_papers(application_id=application.pk, papers=make_papers("statutes"), now=timezone.now())


def test_nothing_is_approved_without_its_papers():
    staff = make_staff("catalogue")
    application = send_application(sector="honey", papers=make_papers("statutes"), now=timezone.now())
    operations.take(application_id=application.pk, by=staff, now=timezone.now())

    with pytest.raises(operations.PapersMissing) as told:
        operations.approve(application_id=application.pk, with_account=True, by=staff, now=timezone.now())

    assert told.value.kinds == ["register", "onssa"]
    assert not Partner.objects.exists()


def test_what_was_asked_for_comes_and_the_office_looks_again():
    staff, now = make_staff("catalogue"), timezone.now()
    application = make_application("IN_REVIEW", approver=staff)
    with pytest.raises(operations.NoReason):
        operations.ask_more(application_id=application.pk, words=" ", by=staff, now=now)
    operations.ask_more(application_id=application.pk, words="A clearer photo.", by=staff, now=now)

    found = operations.send_papers(application_id=application.pk, papers=make_papers("statutes"), now=now)

    assert (found.state, found.reason) == ("IN_REVIEW", "")
    assert len(queries.papers(found)) == 5


def test_a_refusal_says_why_and_ends_the_way():
    staff, now = make_staff("catalogue"), timezone.now()
    application = make_application()
    with pytest.raises(operations.NoReason):
        operations.refuse(application_id=application.pk, reason="", by=staff, now=now)
    operations.refuse(application_id=application.pk, reason="Not a cooperative.", by=staff, now=now)

    with pytest.raises(operations.WrongState, match="refused"):
        operations.take(application_id=application.pk, by=staff, now=now)
    with pytest.raises(operations.WrongState):
        operations.send_papers(application_id=application.pk, papers=make_papers(), now=now)


def test_approving_twice_makes_one_cooperative():
    application = make_application("APPROVED")

    with pytest.raises(operations.WrongState, match="approved"):
        operations.approve(
            application_id=application.pk, with_account=True, by=make_staff("catalogue"), now=timezone.now()
        )

    assert Partner.objects.count() == 1


@pytest.mark.parametrize("group", ["support", "finance", "logistics"])
def test_who_may_not_approve(group):
    application = make_application("IN_REVIEW")

    with pytest.raises(operations.NoRight):
        operations.approve(application_id=application.pk, with_account=True, by=make_staff(group), now=timezone.now())


def test_nobody_decides_on_an_application_with_their_own_phone():
    person = make_staff("director", phone="+212740199999")
    application = make_application("IN_REVIEW", phone="+212740199999")

    with pytest.raises(operations.OwnApplication):
        operations.approve(application_id=application.pk, with_account=True, by=person, now=timezone.now())


def test_another_person_writes_the_terms():
    director = make_staff("director")
    application = make_application("APPROVED", approver=director)

    with pytest.raises(operations.OwnApproval):
        offer(application, director, now=timezone.now())
    with pytest.raises(operations.NoRight):
        offer(application, make_staff("catalogue"), now=timezone.now())
    with pytest.raises(operations.BeforeToday):
        offer(application, make_staff("finance"), now=timezone.now(), valid_from=date(2026, 11, 19))

    assert not FeeAgreement.objects.exists()


def test_an_account_of_another_cooperative_is_not_proposed():
    other = make_cooperative()
    staff = make_staff("catalogue")
    application = make_application("IN_REVIEW", approver=staff, rib=other.bank_accounts.get().rib)

    with pytest.raises(Exception, match="Another cooperative has this account"):
        operations.approve(application_id=application.pk, with_account=True, by=staff, now=timezone.now())
    operations.approve(application_id=application.pk, with_account=False, by=staff, now=timezone.now())

    assert BankAccount.objects.count() == 1


def test_terms_keep_the_fees_of_their_first_day():
    family = make_product().family
    for values in (
        {"part": "office", "basis": "price", "value": Decimal("10"), "valid_from": date(2026, 1, 1)},
        {
            "part": "packing",
            "basis": "unit",
            "value": Decimal("2.50"),
            "family": family,
            "valid_from": date(2026, 1, 1),
        },
        {"part": "transport", "basis": "weight", "value": Decimal("1"), "valid_from": date(2026, 12, 2)},
    ):
        pricing.add_row(row=Fee(**values), written_by=None, now=timezone.now())
    application = make_application("APPROVED")

    agreement = offer(application, make_staff("finance"), now=timezone.now())

    assert agreement.fees == [
        {"part": "office", "family": "", "basis": "price", "value": "10"},
        {"part": "packing", "family": family.code, "basis": "unit", "value": "2.5"},
    ]
    assert [(part, amount.strip("\u2068")) for part, _family, amount in fee_lines(agreement.fees)] == [
        ("office", "10%\u2069 of the price without tax"),
        ("packing", "MAD\xa02.50\u2069 for each unit"),
    ]


def test_terms_that_were_replaced_are_not_agreed_to():
    application, finance = make_application("APPROVED"), make_staff("finance")
    first = offer(application, finance, now=timezone.now())
    second = offer(application, finance, now=timezone.now(), cycle="monthly")
    details = {"application_id": application.pk, "name": "Fatima", "now": timezone.now()}

    with pytest.raises(operations.TermsChanged):
        operations.accept_terms(agreement_id=first.pk, **details)
    operations.accept_terms(agreement_id=second.pk, **details)

    first.refresh_from_db()
    assert (first.valid_until, Partner.objects.get().payout_cycle) == (first.valid_from, "monthly")
    with pytest.raises(operations.WrongState):
        operations.accept_terms(agreement_id=second.pk, **details)


def test_a_wrong_code_is_counted_and_five_end_it():
    application = make_application("AGREED")
    for tries in range(1, 6):
        with pytest.raises(operations.WrongCode):
            activate(application, "x")
        assert Application.objects.get().wrong_codes == tries

    with pytest.raises(operations.CodeEnded):
        activate(application)
    assert not Membership.objects.exists()


def test_a_code_ends_after_an_hour_and_another_takes_its_place(clock):
    application = make_application("AGREED")
    old = links.code_of(application)
    with pytest.raises(operations.TooSoon):
        operations.give_code(application_id=application.pk, now=timezone.now())
    clock.shift(timedelta(hours=1))
    with pytest.raises(operations.CodeEnded):
        activate(application)

    operations.give_code(application_id=application.pk, now=timezone.now())

    with pytest.raises(operations.WrongCode):
        activate(application, old)
    activate(application)
    codes = Message.objects.filter(kind="joining.code")
    assert {(one.recipient, one.channel) for one in codes} == {(application.phone, "sms")}
    assert codes.count() == 3


def test_a_code_is_used_once():
    application = make_application("AGREED")
    activate(application)

    with pytest.raises(operations.WrongState, match="open"):
        activate(application)
    with pytest.raises(operations.WrongState):
        operations.give_code(application_id=application.pk, now=timezone.now())


def test_nothing_opens_before_the_terms_are_agreed_to():
    application = make_application("OFFERED")

    with pytest.raises(operations.WrongState):
        activate(application)


def test_a_code_is_read_in_any_digits():
    application = make_application("AGREED")
    arabic = links.code_of(application).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert activate(application, f" {arabic[:3]} {arabic[3:]}").phone == application.phone


def test_a_shopper_with_the_contact_s_phone_becomes_the_owner():
    shopper = make_person(phone="+212740188888")
    application = make_application("AGREED", phone="+212740188888")

    assert activate(application) == shopper
    assert User.objects.filter(phone=application.phone).count() == 1


def test_a_sign_up_that_never_proved_the_phone_gives_way():
    make_person(phone="+212740188888", verified=False)
    application = make_application("AGREED", phone="+212740188888")

    owner = activate(application)

    assert (owner.has_usable_password(), User.objects.filter(phone=application.phone).count()) == (False, 1)


@pytest.mark.parametrize("kind", ["staff", "unproved"])
def test_an_account_that_must_not_own_is_left_alone(kind):
    if kind == "staff":
        make_staff("support", phone="+212740177777")
    else:
        make_person(email="someone@example.org", phone="+212740177777", phone_verified_at=None)
    application = make_application("AGREED", phone="+212740177777")

    with pytest.raises(operations.NoOwner):
        activate(application)

    assert (Application.objects.get().state, Partner.objects.get().is_active) == ("AGREED", False)


def test_each_step_that_concerns_the_applicant_is_told_once():
    application = make_application("AGREED", email="nassij@example.org")
    activate(application)

    sms = Message.objects.filter(channel="sms", kind__startswith="joining.").exclude(kind="joining.code")
    assert sorted(sms.values_list("kind", flat=True)) == [
        *("joining.activated", "joining.approved", "joining.offered", "joining.proved")
    ]
    assert all(links.status_path(application) in one.text for one in sms.exclude(kind="joining.activated"))
    assert Message.objects.filter(channel="mail", recipient="nassij@example.org").count() == 4
    assert Step.objects.count() == 7
