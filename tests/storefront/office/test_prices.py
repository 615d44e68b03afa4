"""The office's pages about prices: who may, what is typed, and a list's way from fees to the shop."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.pricing.models import (
    CooperativeTaxStatus,
    Fee,
    PriceList,
    PriceListDraft,
    SellerOfRecord,
    VatClass,
    VatRate,
)
from tests.factories.catalogue import make_cooperative, make_family, make_product, make_stockrecord, publish_prices
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db

State = PriceListDraft.State


@pytest.fixture
def opening():
    make_stockrecord(price="120.00", farm_gate="80.00")
    return publish_prices(datetime(2026, 11, 20, 6, 0, tzinfo=UTC))


@pytest.fixture
def fees(opening):
    for part, basis, value in (("packing", "farm_gate", 10), ("transport", "unit", 2), ("office", "price", 20)):
        Fee.objects.create(part=part, basis=basis, value=value, valid_from=date(2026, 1, 1), written_at=timezone.now())


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\xa0", " ")


def prepare(client, **data):
    return client.post(english("prices"), {"source": "schedules"} | data)


# Who may


PAGES = {
    "prices": (),
    "prices-missing": (),
    "fees": (),
    "taxes": (),
    "dated-add": ("fee",),
}
SEEN = {
    "finance": set(PAGES),
    "director": set(PAGES),
    "catalogue": {"prices", "prices-missing"},
    "support": set(),
    "logistics": set(),
}


@pytest.mark.parametrize("group", SEEN)
def test_each_group_opens_its_pages_about_prices(client, group, opening):
    sign_in(client, make_staff(group))

    answers = {name: client.get(english(name, *args)).status_code for name, args in PAGES.items()}

    assert {name for name, status in answers.items() if status == 200} == SEEN[group]
    assert set(answers.values()) <= {200, 403}


@pytest.mark.usefixtures("fees")
def test_catalogue_reads_lists_and_may_neither_prepare_nor_approve(client):
    sign_in(client, make_staff("catalogue"))
    draft = PriceListDraft.objects.create(
        source="schedules",
        eur_rate=10,
        usd_rate=9,
        rates_day=date(2026, 1, 1),
        priced_for=date(2026, 1, 1),
        prepared_at=timezone.now(),
        state=State.READY,
    )

    statuses = [
        prepare(client).status_code,
        *(client.post(english("price-step", draft.pk, name)).status_code for name in ("approve", "publish", "discard")),
        client.post(english("dated-add", "fee"), {}).status_code,
    ]

    assert statuses == [403] * 5
    assert client.get(english("price-draft", draft.pk)).status_code == 200


# A list's way


@pytest.mark.usefixtures("fees")
def test_a_list_is_prepared_by_one_approved_by_another_and_published(client, finance, run_jobs):
    page = prepare(client).url
    assert "The prices are being made" in text_of(client.get(page))
    run_jobs()
    seen = text_of(client.get(page))
    assert "You prepared this list: someone else approves it." in seen
    assert "MAD 120.00 MAD 124.00" in seen
    assert "+3.3%" in seen
    sign_in(client, make_staff("director"))

    client.post(page + "approve/")
    client.post(page + "publish/")
    assert "The list is being published" in text_of(client.get(page))
    run_jobs()

    published = PriceList.objects.get(ends_at=None)
    assert client.get(page).url == english("price-list", published.reference)
    assert "in force" in text_of(client.get(english("price-list", published.reference)))
    assert published.prepared_by == finance
    assert published.prices.get(currency="MAD", side="home").price == Decimal("124.00")


@pytest.mark.usefixtures("fees")
def test_nobody_approves_a_list_of_their_own(client, finance, run_jobs):
    page = prepare(client).url
    run_jobs()

    seen = text_of(client.post(page + "approve/", follow=True))

    assert "Someone else than the person who prepared a list approves it." in seen
    assert PriceListDraft.objects.get().state == State.READY


@pytest.mark.usefixtures("fees")
def test_what_changed_after_the_approval_is_not_published_and_the_page_says_why(client, finance, run_jobs):
    page = prepare(client).url
    run_jobs()
    sign_in(client, make_staff("director"))
    client.post(page + "approve/")
    client.post(page + "publish/")
    StockRecord.objects.update(farm_gate_price=81)

    run_jobs()

    assert "has changed since: prepare the list again" in text_of(client.get(page))
    assert PriceList.objects.count() == 1
    client.post(page + "discard/")
    assert PriceListDraft.objects.get().state == State.DISCARDED


@pytest.mark.usefixtures("fees")
def test_a_list_for_later_is_shown_as_scheduled(client, finance, run_jobs):
    page = prepare(client, start_day="2026-12-01", start_time="06:00").url
    run_jobs()
    sign_in(client, make_staff("director"))
    client.post(page + "approve/")
    client.post(page + "publish/")
    run_jobs()

    seen = text_of(client.get(english("prices")))

    assert PriceList.objects.get(ends_at=None).starts_at == datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
    assert ("scheduled" in seen, "in force" in seen) == (True, True)
    refused = prepare(client)
    assert refused.status_code == 422
    assert "The list LIST-20261201-01 starts on" in text_of(refused)


@pytest.mark.usefixtures("fees")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"start_day": "2026-11-19", "start_time": "06:00"}, "has passed"),
        ({"start_day": "someday"}, "Enter a valid date"),
        ({"start_day": "2026-12-01", "start_time": "25:00"}, "Enter a valid time"),
        ({"source": "thin air"}, "Select a valid choice"),
        ({"source": "past"}, "Select a valid choice"),
    ],
)
def test_a_start_that_makes_no_sense_is_said_beside_its_field(client, finance, typed, said):
    answer = prepare(client, **typed)

    assert (answer.status_code, PriceListDraft.objects.count()) == (422, 0)
    assert said in text_of(answer)


@pytest.mark.usefixtures("fees")
def test_a_draft_is_thrown_away(client, finance, run_jobs):
    page = prepare(client).url
    run_jobs()

    client.post(page + "discard/")

    assert PriceListDraft.objects.get().state == State.DISCARDED
    assert client.post(page + "steal/").status_code == 404
    assert client.get(page + "discard/").status_code == 405


def test_floors_broken_are_shown_and_cannot_be_approved(client, finance, run_jobs, opening):
    StockRecord.objects.update(farm_gate_price=Decimal("115.00"))
    page = prepare(client, source="opening").url
    run_jobs()
    sign_in(client, make_staff("director"))

    seen = text_of(client.get(page))
    client.post(page + "approve/")

    assert "Floors broken" in seen
    assert "less than the cooperative is to get is left" in seen
    assert "Approve this list" not in seen
    assert PriceListDraft.objects.get().state == State.READY


# What is typed


def fee(**typed):
    return {"part": "packing", "basis": "unit", "value": "4", "valid_from": "2026-12-01"} | typed


@pytest.mark.usefixtures("finance")
@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,50", "1234.50"),
        ("1 234,50 DH", "1234.50"),
        ("١٢٣٤٫٥٠", "1234.50"),
        ("١٬٢٣٤٫٥٠", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("12,5", "12.5"),
        ("0", "0"),
    ],
)
def test_amounts_are_read_as_people_type_them(client, typed, value):
    answer = client.post(english("dated-add", "fee"), fee(value=typed))

    assert answer.status_code == 302, text_of(answer)
    assert Fee.objects.get().value == Decimal(value)


@pytest.mark.usefixtures("finance")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value": "123450 centimes"}, "not in hundredths"),
        ({"value": "12 €"}, "This amount is in MAD"),
        ({"value": "-4"}, "less than nothing"),
        ({"value": "NaN"}, "Write"),
        ({"value": "1e9"}, "Write"),
        ({"value": "9999999"}, "too much"),
        ({"value": ""}, "This field is required"),
        ({"value": "100", "basis": "price"}, "A share is less than 100%"),
        ({"value": "150 %", "basis": "farm_gate"}, "A share is less than 100%"),
        ({"valid_from": "2026-11-19"}, "This day is over"),
        ({"valid_from": "1.12."}, "Enter a valid date"),
        ({"valid_until": "2026-12-01"}, "before the first one"),
        ({"part": "bribes"}, "Select a valid choice"),
        ({"family": "unicorns"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_meant_is_refused_beside_its_field(client, typed, said):
    answer = client.post(english("dated-add", "fee"), fee(**typed))

    name = "basis" if "basis" in typed and "value" not in typed else next(iter(typed))
    field = re.search(rf'id="id_{name}_error"><span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert answer.status_code == 422
    assert field
    assert said in field[1].replace("&#x27;", "'")
    assert not Fee.objects.exists()


@pytest.mark.usefixtures("finance")
def test_an_overlap_and_fees_over_a_hundred_are_named_beside_their_field(client):
    client.post(english("dated-add", "fee"), fee(basis="price", value="60"))

    overlap = client.post(english("dated-add", "fee"), fee(valid_from="2027-01-01"))
    too_much = client.post(english("dated-add", "fee"), fee(part="office", basis="price", value="40"))

    assert "overlaps with the row that holds since 01/12/2026" in text_of(overlap)
    assert 'id="id_valid_from_error"' in overlap.content.decode()
    assert "fees would take 100% of the price" in text_of(too_much)
    assert 'id="id_value_error"' in too_much.content.decode()
    assert Fee.objects.count() == 1


@pytest.mark.usefixtures("finance")
def test_a_fee_of_a_family_is_written_by_who_is_signed_in_and_ended(client, finance):
    family = make_family("honey")
    client.post(english("dated-add", "fee"), fee(family="honey", basis="price", value="12,5 %"))
    row = Fee.objects.get()

    early = client.post(english("dated-end", "fee", row.pk), {"until": "2026-11-30"})
    client.post(english("dated-end", "fee", row.pk), {"until": "2027-01-01"})
    again = client.post(english("dated-end", "fee", row.pk), {"until": "2027-02-01"})

    row.refresh_from_db()
    assert (row.family, row.value, row.written_by, row.valid_until) == (
        *(family, Decimal("12.5"), finance),
        date(2027, 1, 1),
    )
    assert (early.status_code, again.status_code) == (422, 422)
    assert "has its last day already" in text_of(again)


@pytest.mark.usefixtures("finance")
def test_rates_statuses_and_sellers_are_written(client):
    vat_class = VatClass.objects.create(code="N20", rate_pct=20)
    cooperative = make_cooperative()
    day = {"valid_from": "2026-12-01", "note": "letter of the accountant"}

    client.post(english("dated-add", "rate"), day | {"vat_class": "N20", "side": "home", "rate_pct": "19,6"})
    client.post(english("dated-add", "status"), day | {"cooperative": cooperative.slug, "status": "liable"})
    client.post(english("dated-add", "seller"), day | {"cooperative": cooperative.slug, "seller": "cooperative"})

    assert VatRate.objects.get().rate_pct == Decimal("19.60")
    assert VatRate.objects.get().vat_class == vat_class
    assert CooperativeTaxStatus.objects.get().status == "liable"
    assert SellerOfRecord.objects.get().seller == "cooperative"
    assert "letter of the accountant" in text_of(client.get(english("taxes")))


@pytest.mark.usefixtures("finance")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"side": "export"}, "Exports are zero-rated"),
        ({"rate_pct": "100"}, "less than 100"),
        ({"destination": "FR"}, "not on that tax side"),
        ({"side": "export", "rate_pct": "0", "destination": "MA"}, "not on that tax side"),
        ({"side": "export", "rate_pct": "0", "destination": "F1"}, "two letters"),
        ({"vat_class": "N21"}, "Select a valid choice"),
    ],
)
def test_a_tax_rate_that_cannot_be_is_refused(client, typed, said):
    VatClass.objects.create(code="N20", rate_pct=20)
    rate = {"vat_class": "N20", "side": "home", "rate_pct": "20", "valid_from": "2026-12-01"}

    answer = client.post(english("dated-add", "rate"), rate | typed)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not VatRate.objects.exists()


@pytest.mark.usefixtures("finance")
def test_rows_of_no_kind_are_not_there(client):
    for page in (english("dated-add", "gift"), english("dated-end", "gift", 1), english("dated-end", "fee", 1)):
        assert client.get(page).status_code == 404


# Without a price


@pytest.mark.usefixtures("finance")
def test_what_is_on_offer_without_a_price_is_listed_with_the_reason(client, opening):
    assert "Everything on offer has its price" in text_of(client.get(english("prices-missing")))
    make_stockrecord(product=make_product("Miel de thym"))
    make_stockrecord(product=make_product("Tapis", vat_class="NEW"))
    make_stockrecord(product=make_product("Retiré", is_public=False))

    seen = text_of(client.get(english("prices-missing")))

    assert "any currency It came after the list in force was published." in seen
    assert "No tax rate holds for its class NEW" in seen
    assert "Retiré" not in seen
    assert "2 products on offer have no price" in text_of(client.get(english("prices")))


@pytest.mark.usefixtures("finance")
def test_without_any_list_the_page_says_so(client):
    make_stockrecord()

    assert "No list is in force." in text_of(client.get(english("prices-missing")))


@pytest.mark.usefixtures("finance")
@pytest.mark.parametrize("name", ["prices", "prices-missing", "fees", "taxes"])
def test_pages_about_prices_ask_the_same_for_one_row_and_for_many(client, name, opening, django_assert_num_queries):
    def one_more(number):
        make_stockrecord()
        cooperative, family = make_cooperative(), make_family(f"family-{number}")
        day = {"valid_from": date(2026, 1, 1), "written_at": timezone.now(), "written_by": make_staff("finance")}
        Fee.objects.create(part="packing", family=family, basis="unit", value=1, **day)
        CooperativeTaxStatus.objects.create(cooperative=cooperative, status="liable", **day)
        SellerOfRecord.objects.create(cooperative=cooperative, seller="cooperative", **day)

    one_more(1)
    client.get(english(name))
    with CaptureQueriesContext(connection) as first:
        client.get(english(name))
    for number in (2, 3):
        one_more(number)

    with django_assert_num_queries(len(first)):
        assert client.get(english(name)).status_code == 200


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.usefixtures("fees", "finance")
def test_pages_about_prices_open_in_every_language(client, language):
    pages = [reverse(f"office:{name}", args=args) for name, args in PAGES.items()]

    assert {client.get(f"/{language}{page[3:]}").status_code for page in pages} == {200}
