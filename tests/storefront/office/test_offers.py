"""The office makes, changes and stops offers, draws codes, and notes what cooperatives agreed to."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.cooperatives.models import DiscountAgreement
from fulfilment.orders.discounting import Kind
from storefront.offers.models import ConditionalOffer
from storefront.offers.queries import book
from storefront.vouchers.models import Voucher, VoucherSet
from tests.factories.catalogue import make_stockrecord
from tests.factories.offers import agree, make_offer, make_voucher
from tests.factories.orders import Guest, open_deliveries, stock
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def keeper(client):
    return sign_in(client, make_staff("catalogue"))


def typed(**changes):
    return {
        "name": "Spring",
        "title_ar": "عرض الربيع",
        "title_fr": "Offre de printemps",
        "title_en": "Spring offer",
        "kind": "percent",
        "percent": "10",
        "amounts_mode": "each",
        "office_covers": "on",
    } | changes


def make(client, **changes):
    return client.post(english("new-offer"), typed(**changes))


def test_an_offer_is_made_with_amounts_in_each_currency_as_people_type_them(keeper):
    answer = make(
        keeper,
        kind="basket",
        percent="",
        benefit_MAD="٥٠",
        benefit_EUR="5,00 €",
        minimum_MAD="1 234,50 DH",
        minimum_EUR="100",
        max_uses="١٠٠",
        budget_mad="5 000",
        cooperative_pct="30 %",
    )

    offer = ConditionalOffer.objects.get()
    (entry,) = book().entries
    assert (answer.status_code, answer.url) == (302, english("offer", offer.pk))
    assert entry.kind is Kind.BASKET
    assert dict(entry.amounts["benefit"].given) == {"MAD": D("50.00"), "EUR": D("5.00")}
    assert entry.amounts["minimum"].given["MAD"] == D("1234.50")
    assert (entry.max_uses, entry.budget_mad, entry.cooperative_pct) == (100, D("5000.00"), D("30.00"))
    assert (offer.title_ar, offer.title_fr, offer.title_en) == ("عرض الربيع", "Offre de printemps", "Spring offer")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"percent": ""}, "percent"),
        ({"percent": "0"}, "percent"),
        ({"percent": "101"}, "percent"),
        ({"percent": "-5"}, "percent"),
        ({"percent": "NaN"}, "percent"),
        ({"percent": "1e9"}, "percent"),
        ({"kind": "gift"}, "kind"),
        ({"kind": "basket", "percent": ""}, "benefit_MAD"),
        ({"kind": "basket", "benefit_MAD": "1.234"}, "benefit_MAD"),
        ({"kind": "basket", "benefit_MAD": "123450 centimes"}, "benefit_MAD"),
        ({"kind": "basket", "benefit_EUR": "50 DH"}, "benefit_EUR"),
        ({"kind": "basket", "benefit_EUR": "5", "amounts_mode": "converted"}, "benefit_EUR"),
        ({"minimum_EUR": "5", "amounts_mode": "converted"}, "minimum_EUR"),
        ({"benefit_MAD": "5"}, "benefit_MAD"),
        ({"kind": "multibuy", "take": "2", "pay": "2"}, "pay"),
        ({"kind": "multibuy"}, "pay"),
        ({"cooperative_pct": "100,5"}, "cooperative_pct"),
        ({"max_uses": "0"}, "max_uses"),
        ({"max_each": "many"}, "max_each"),
        ({"budget_mad": "0"}, "budget_mad"),
        ({"starts_on": "2026-12-10", "ends_on": "2026-12-01"}, "ends_on"),
        ({"ends_on": "2026-11-01"}, "ends_on"),
        ({"starts_on": "31/12/20"}, "starts_on"),
        ({"products": "NO-SUCH"}, "products"),
        ({"categories": ["999"]}, "categories"),
        ({"title_ar": ""}, "title_ar"),
        ({"name": ""}, "name"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field_and_nothing_is_saved(keeper, changes, field):
    answer = make(keeper, **changes)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not ConditionalOffer.objects.exists()


def test_two_offers_of_one_name_are_refused(keeper):
    make(keeper)

    assert make(keeper).status_code == 422


def test_days_begin_and_end_at_midnight_in_casablanca(keeper):
    make(keeper, starts_on="2026-12-01", ends_on="2026-12-31")

    offer = ConditionalOffer.objects.get()
    assert offer.start_datetime.isoformat() == "2026-12-01T00:00:00+00:00"
    assert offer.end_datetime.isoformat() == "2027-01-01T00:00:00+00:00"


def test_an_offer_changes_until_it_starts_and_not_afterwards(keeper, clock):
    product = make_stockrecord().product
    make(keeper, starts_on="2026-12-01", products=product.sku)
    offer = ConditionalOffer.objects.get()
    form = keeper.get(english("change-offer", offer.pk)).context["form"]
    filled = {name: value for name, value in form.initial.items() if value not in (None, [], False)}

    changed = keeper.post(english("change-offer", offer.pk), filled | {"percent": "15"})
    clock.move_to(timezone.now().replace(month=12, day=2))
    sign_in(keeper, make_staff("catalogue"))
    late = keeper.post(english("change-offer", offer.pk), filled | {"percent": "50", "starts_on": ""})

    offer.refresh_from_db()
    assert (changed.status_code, late.status_code) == (302, 302)
    assert offer.benefit.value == D("15.00")
    assert [one.pk for one in offer.condition.range.included_products.all()] == [product.pk]


def test_a_stopped_offer_counts_no_more_and_cannot_be_stopped_twice(keeper):
    open_deliveries()
    offer = make_offer()
    guest = Guest(language="en")
    guest.add(stock("120.00"))

    first = keeper.post(english("stop-offer", offer.pk), follow=True).content.decode()
    second = keeper.post(english("stop-offer", offer.pk), follow=True).content.decode()

    assert "The offer is stopped." in first
    assert "This offer was stopped before." in second
    assert offer.title_en not in guest.get("basket/").content.decode()


def test_codes_are_drawn_in_a_batch_and_exported_without_formulas(keeper):
    offer = make_offer(for_voucher=True)

    answer = keeper.post(
        english("make-codes", offer.pk),
        {"batch": "=HYPERLINK(1)", "count": "٢٥", "usage": Voucher.SINGLE_USE, "ends_on": "2026-12-31"},
    )
    table = keeper.get(english("codes-csv", VoucherSet.objects.get().pk)).content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(table)))
    assert answer.status_code == 302
    assert Voucher.objects.count() == 25
    assert len(rows) == 26
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert rows[1][3] == "31/12/2026"
    assert {row[0].replace("-", "") for row in rows[1:]} == set(Voucher.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    "changes", [{"count": "0"}, {"count": "5001"}, {"batch": ""}, {"ends_on": "2026-11-01"}, {"usage": "for ever"}]
)
def test_a_batch_that_makes_no_sense_is_refused(keeper, changes):
    offer = make_offer(for_voucher=True)
    data = {"batch": "B", "count": "5", "usage": Voucher.SINGLE_USE, "ends_on": "2026-12-31"}

    answer = keeper.post(english("make-codes", offer.pk), data | changes)

    assert answer.status_code == 422
    assert not Voucher.objects.exists()


def test_no_code_opens_an_offer_for_everybody(keeper):
    offer = make_offer()

    keeper.post(
        english("make-codes", offer.pk),
        {"batch": "B", "count": "5", "usage": Voucher.SINGLE_USE, "ends_on": "2026-12-31"},
    )

    assert not Voucher.objects.exists()


def test_an_agreement_is_noted_and_ended(keeper):
    record = make_stockrecord()
    data = {
        "cooperative": record.partner_id,
        "product": record.product.sku,
        "gives_up_pct": "12,5 %",
        "agreed_by": "Fatima",
        "from_day": "2026-11-20",
    }

    keeper.post(english("agreements"), data)
    agreement = DiscountAgreement.objects.get()
    keeper.post(english("end-agreement", agreement.pk))

    agreement.refresh_from_db()
    assert (agreement.stockrecord, agreement.gives_up_pct) == (record, D("12.50"))
    assert agreement.until_day == date(2026, 11, 20)


@pytest.mark.parametrize(
    "changes", [{"gives_up_pct": "0"}, {"gives_up_pct": "101"}, {"product": "OTHER"}, {"to_day": "2026-11-01"}]
)
def test_an_agreement_that_makes_no_sense_is_refused(keeper, changes):
    data = {
        "cooperative": make_stockrecord().partner_id,
        "gives_up_pct": "10",
        "agreed_by": "Fatima",
        "from_day": "2026-11-20",
    }

    assert keeper.post(english("agreements"), data | changes).status_code == 422
    assert not DiscountAgreement.objects.exists()


def test_the_page_of_an_offer_shows_what_it_gave_and_who_bore_it(keeper):
    open_deliveries()
    record = stock("120.00", farm_gate="60.00")
    agree(record.partner, "10")
    offer = make_offer(percent="20", cooperative_pct=D(100))
    guest = Guest()
    guest.add(record, 2)
    guest.place()

    page = keeper.get(english("offer", offer.pk))

    row = page.context["row"]
    assert (row.count, row.amount_mad, row.cooperative_mad, row.office_mad) == (
        1,
        D("48.00"),
        D("12.00"),
        D("36.00"),
    )


RIGHTS = {"catalogue": (200, 200, 200), "finance": (200, 403, 200), "support": (403, 403, 403), "director": (200,) * 3}


@pytest.mark.parametrize("role", RIGHTS)
def test_who_sees_and_who_makes_offers(client, role):
    sign_in(client, make_staff(role))

    answers = [client.get(english(name)).status_code for name in ("offers", "new-offer", "agreements")]

    assert tuple(answers) == RIGHTS[role]


def test_finance_sees_no_codes_and_stops_nothing(client):
    voucher = make_voucher()
    sign_in(client, make_staff("finance"))

    assert client.get(english("codes-csv", voucher.voucher_set_id)).status_code == 403
    assert client.post(english("stop-offer", voucher.offers.get().pk)).status_code == 403


def test_the_list_asks_the_same_for_one_offer_and_for_three(keeper, django_assert_num_queries):

    make_offer()
    keeper.get(english("offers"))
    with CaptureQueriesContext(connection) as first:
        keeper.get(english("offers"))
    make_offer()
    make_voucher()

    with django_assert_num_queries(len(first)):
        keeper.get(english("offers"))
