"""The office's pages about sending abroad: who opens them, what is typed wrongly, what changes in the shop."""

from datetime import date

import pytest

from fulfilment.shipping.models import ImportRule, SendingPermission
from tests.factories.catalogue import make_cooperative, make_product
from tests.factories.orders import Guest, open_deliveries, refuse_to, stock
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
HONEY = "ANIMAL_ORIGIN_HONEY"


@pytest.fixture(autouse=True)
def europe():
    open_deliveries()
    refuse_to("EU", HONEY, "review")


@pytest.fixture
def logistics(client):
    return sign_in(client, make_staff("logistics"))


def papers(**changes):
    values = {"cooperative": "", "rule": f"EU {HONEY}", "reference": "TRACES 12", "valid_from": "2026-11-20"}
    return values | changes


def rule(**changes):
    values = {
        "place": "EU",
        "regime": "per_heading",
        "currency": "EUR",
        "value_limit": "150",
        "duty_per_heading": "٣,٠٠",
        "valid_from": "2026-07-01",
        "confidence": "assumption",
    }
    return values | changes


@pytest.mark.parametrize(
    ("group", "status"),
    [("logistics", 200), ("finance", 200), ("director", 200), ("support", 403), ("catalogue", 403)],
)
@pytest.mark.parametrize("page", ["permissions", "import-rules"])
def test_the_pages_open_by_right(client, group, status, page):
    sign_in(client, make_staff(group))

    assert client.get(english(page)).status_code == status
    assert client.post(english(page), papers() if page == "permissions" else rule()).status_code in (302, status)


@pytest.mark.parametrize("page", ["permissions", "import-rules"])
def test_to_shoppers_they_are_not_there(client, page):
    answer = client.get(english(page))

    assert (answer.status_code, "/accounts/login/" in answer.url) == (302, True)


def test_recorded_papers_open_the_shop_and_their_end_closes_it(client, logistics):
    atlas = make_cooperative(slug="atlas")
    record = stock(product=make_product("Miel", ship_flags=[HONEY]), cooperative=atlas)
    guest = Guest(destination="FR", currency="EUR")
    guest.add(record)

    def problem():
        return guest.get("basket/").context["lines"][0].problem

    before = problem()
    answer = logistics.post(english("permissions"), papers(cooperative="atlas"))
    during = problem()
    row = SendingPermission.objects.get()
    logistics.post(english("permission-end", row.pk))
    after = problem()

    assert (answer.status_code, row.cooperative, row.valid_from) == (302, atlas, date(2026, 11, 20))
    assert row.recorded_by.groups.get().name == "logistics"
    assert (bool(before), bool(during), bool(after)) == (True, False, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": " \u202e "}, "reference"),
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 81}, "reference"),
        ({"rule": "EU ANIMAL_ORIGIN_DAIRY"}, "rule"),
        ({"rule": ""}, "rule"),
        ({"cooperative": "nobody"}, "cooperative"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_from": "yesterday"}, "valid_from"),
        ({"valid_until": "2026-11-20"}, "valid_until"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_papers_typed_wrongly_are_told_beside_the_field_and_nothing_is_saved(client, logistics, changes, field):
    answer = logistics.post(english("permissions"), papers(**changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not SendingPermission.objects.exists()


def test_papers_that_overlap_are_told_with_their_days(client, logistics):
    logistics.post(english("permissions"), papers(valid_until="2027-01-01"))

    answer = logistics.post(english("permissions"), papers(reference="TRACES 13", valid_from="2026-12-01"))

    told = answer.context["form"].errors["valid_from"]
    assert told == ["“TRACES 12” holds from 20 November 2026 until 1 January 2027: choose other days."]
    assert SendingPermission.objects.count() == 1


def test_a_recorded_rule_is_read_by_the_basket(client, logistics):
    logistics.post(english("import-rules"), rule())
    answer = logistics.post(english("import-rules"), rule(place="EU FR", regime="", vat_pct="20", currency=""))
    answer = logistics.post(
        english("import-rules"),
        rule(place="EU FR", regime="", vat_pct="20", currency="", value_limit="", duty_per_heading=""),
    )
    guest = Guest(destination="FR", currency="EUR", language="en")
    guest.add(stock(product=make_product(kind="craft", hs_code="570110")))

    found = guest.get("basket/").context["arrival"]

    assert answer.status_code == 302
    assert [label for label, _amount in found.rows] == ["Duty, 1 tariff heading", "VAT (20%) on goods and duty"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": "ZZ"}, "place"),
        ({"regime": ""}, "regime"),
        ({"regime": "free"}, "regime"),
        ({"currency": ""}, "currency"),
        ({"currency": "DEM"}, "currency"),
        ({"value_limit": "-1"}, "value_limit"),
        ({"value_limit": "NaN"}, "value_limit"),
        ({"value_limit": "1e9"}, "value_limit"),
        ({"value_limit": "999999999999"}, "value_limit"),
        ({"vat_pct": "100"}, "vat_pct"),
        ({"vat_pct": "twenty"}, "vat_pct"),
        ({"valid_until": "2026-06-30"}, "valid_until"),
        ({"confidence": ""}, "confidence"),
        ({"seller_number": "x" * 41}, "seller_number"),
    ],
)
def test_a_rule_typed_wrongly_is_told_beside_the_field_and_nothing_is_saved(client, logistics, changes, field):
    answer = logistics.post(english("import-rules"), rule(**changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not ImportRule.objects.exists()


def test_a_rule_before_one_that_is_there_is_told(client, logistics):
    logistics.post(english("import-rules"), rule())

    answer = logistics.post(english("import-rules"), rule(valid_from="2026-06-01"))

    told = answer.context["form"].errors["valid_from"]
    assert told == ["“European Union” holds from 1 July 2026 on: end it first, or choose other days."]


def test_a_change_begins_with_the_figures_that_are_there(client, logistics):
    logistics.post(english("import-rules"), rule())
    row = ImportRule.objects.get()

    form = logistics.get(english("import-rules") + f"?like={row.pk}").context["form"]

    assert (form.initial["place"], form.initial["value_limit"]) == ("EU", 150)
    for nonsense in ("", "x", "9" * 30, "\x00", "-1", "٣"):
        assert logistics.get(english("import-rules"), {"like": nonsense}).status_code == 200


def test_ending_a_rule_twice_changes_nothing_and_one_that_is_not_there_is_told(client, logistics):
    logistics.post(english("import-rules"), rule())
    row = ImportRule.objects.get()

    for _ in range(2):
        assert logistics.post(english("import-rule-end", row.pk)).status_code == 302
    missing = [logistics.post(english(name, 999)).status_code for name in ("import-rule-end", "permission-end")]

    row.refresh_from_db()
    assert (row.valid_until, missing) == (date(2026, 11, 20), [404, 404])
    assert logistics.get(english("import-rule-end", row.pk)).status_code == 405
