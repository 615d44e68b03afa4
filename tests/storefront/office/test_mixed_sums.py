"""No page of Oscar's dashboard, and none of the office's, shows a sum over currencies.

What became of each of Oscar's figures stands in docs/forks.md.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import oscar
import pytest
from django.apps import apps
from django.contrib.flatpages.models import FlatPage
from django.template.loader import get_template
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from oscar.apps.dashboard.orders.views import OrderStatsView as UpstreamStats
from oscar.core.loading import get_model

from fulfilment.orders.models import Order
from storefront.office.dashboard.guard import CLOSED
from tests.factories.catalogue import make_stockrecord
from tests.factories.people import make_person, make_staff, sign_in
from tests.factories.sales import make_consignment, make_order

pytestmark = pytest.mark.django_db

TOTALS = {"MAD": Decimal("1001.01"), "EUR": Decimal("2003.02"), "USD": Decimal("4007.03")}
DISCOUNTS = {"MAD": Decimal("310.01"), "EUR": Decimal("725.02"), "USD": Decimal("1930.05")}
IN_MAD = {"MAD": Decimal("1001.01"), "EUR": Decimal("21632.62"), "USD": Decimal("37265.38")}
CODELESS = re.compile(r"\|\s*currency\s*[}|]")


def mixed(amounts: dict[str, Decimal]) -> set[str]:
    """Return every sum, mean and difference of two currencies or three, as digits."""
    found = set()
    for size in (2, 3):
        for some in combinations(amounts.values(), size):
            total = sum(some, Decimal(0))
            found |= {total, (total / size).quantize(Decimal("0.01")), abs(some[0] - some[1])}
    return {re.sub(r"\D", "", str(amount)) for amount in found}


MIXED = mixed(TOTALS) | mixed(DISCOUNTS)


def sums_in(text: str) -> set[str]:
    """Return the mixed sums that a page shows, however it writes numbers."""
    words = re.sub(r"<[^>]*>", " | ", text)
    figures = re.findall(r"\d+(?:[\s.,\u00a0\u202f]\d+)*", words)
    return {re.sub(r"\D", "", figure) for figure in figures} & MIXED


@pytest.fixture
def seeds() -> dict[str, Any]:
    """Orders of one person in three currencies, with Oscar's own rows of discounts and of what was spent."""
    person, record = make_person(), make_stockrecord()
    places = {"MAD": "MA", "EUR": "FR", "USD": "US"}
    orders = [
        make_order(
            (record, 1),
            currency=currency,
            destination=places[currency],
            total=str(total),
            method="card",
            status=Order.Status.PAID,
            user=person,
        )
        for currency, total in TOTALS.items()
    ]
    for order in orders:
        make_consignment(order)
        get_model("order", "OrderDiscount").objects.create(
            order=order, offer_id=1, offer_name="Spring", voucher_id=1, amount=DISCOUNTS[order.currency]
        )
    get_model("analytics", "UserRecord").objects.create(
        user=person, total_spent=sum(TOTALS.values()), num_orders=len(orders)
    )
    return {"person": person, "orders": orders, "record": record}


def routes(patterns: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield each address's name and the names of what it needs."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.name, [*pattern.pattern.converters, *pattern.pattern.regex.groupindex]


def addresses(seeds: dict[str, Any]) -> dict[str, str]:
    """Return an address of our rows for every name in Oscar's dashboard."""
    order, record = seeds["orders"][1], seeds["record"]
    line = order.lines.get()
    page = FlatPage.objects.create(url="/about/", title="About")
    owners = {
        "catalogue-product": record.product_id,
        "catalogue-category": record.product.categories.get().pk,
        "catalogue-class": record.product.product_class_id,
        "user": seeds["person"].pk,
        "page": page.pk,
        "partner": record.partner_id,
    }
    common = {
        "number": order.number,
        "line_id": line.pk,
        "partner_pk": record.partner_id,
        "user_pk": seeds["person"].pk,
        "product_class_slug": record.product.product_class.slug,
        "slug": "order-placed",
    }
    found = {}
    for name, needs in routes(apps.get_app_config("dashboard").urls[0]):
        owner = next((pk for prefix, pk in owners.items() if name.startswith(prefix)), 1)
        kwargs = {need: common.get(need, owner) for need in needs}
        try:
            found[name] = "/fr" + reverse(f"dashboard:{name}", kwargs=kwargs)[3:]
        except NoReverseMatch:
            found[name] = "/fr" + reverse(f"dashboard:{name}")[3:]
    return found


SHOWN = {"index", "order-list", "order-detail", "order-line-detail", "users-index", "user-detail"}
LED_AWAY = {"reports-index", "order-stats", *CLOSED}


def test_every_page_of_the_dashboard_shows_no_sum_over_currencies(client, seeds):
    boss = sign_in(client, make_staff(is_superuser=True))
    answers = {name: boss.get(address) for name, address in addresses(seeds).items() if name != "logout"}

    assert {name for name, answer in answers.items() if answer.status_code >= 500} == set()
    assert {answers[name].status_code for name in SHOWN} == {200}
    assert {answers[name].status_code for name in LED_AWAY} == {302}
    assert {name: sums_in(page.content.decode()) for name, page in answers.items() if not page.streaming} == {
        name: set() for name in answers
    }


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("order-list", "response_format=csv"),
        ("order-list", "order_number=&status=PAID"),
        ("offer-detail", "format=csv"),
        ("reports-index", "report_type=order_report&date_from=2020-01-01&date_to=2030-01-01"),
        ("reports-index", "report_type=user_analytics&download=1"),
        ("order-stats", "date_from=2020-01-01"),
    ],
)
def test_neither_do_searches_and_downloads(client, seeds, name, query):
    boss = sign_in(client, make_staff(is_superuser=True))

    answer = boss.get(f"{addresses(seeds)[name]}?{query}", follow=True)

    assert (answer.status_code, sums_in(answer.content.decode())) == (200, set())


def test_the_office_shows_each_currency_and_only_dirhams_are_added(client, seeds):
    boss = sign_in(client, make_staff(is_superuser=True))
    pages = [boss.get(f"/en/office/{end}").content.decode() for end in ("", "sales/", "orders/", "payouts/")]

    assert [sums_in(page) for page in pages] == [set()] * 4
    everything = f"{sum(IN_MAD.values()):,.2f}"
    for page in pages[:2]:
        assert [f"{code}\xa0{total:,.2f}" in page for code, total in TOTALS.items()] == [True] * 3
        assert f"MAD\xa0{everything}" in page
        assert "in dirhams at the frozen rate" in page


def test_a_person_s_page_shows_each_currency_with_its_dirhams(client, seeds):
    boss = sign_in(client, make_staff(is_superuser=True))

    answer = boss.get(addresses(seeds)["user-detail"])

    assert [(amount.currency, amount.amount, amount.amount_mad) for amount in answer.context["ordered"]] == [
        (currency, TOTALS[currency], IN_MAD[currency]) for currency in TOTALS
    ]
    assert "2\u202f003,02\xa0€" in answer.content.decode()


def test_what_was_cancelled_is_not_what_a_person_ordered(client, seeds):
    Order.objects.filter(currency="EUR").update(status=Order.Status.CANCELLED)
    boss = sign_in(client, make_staff(is_superuser=True))

    ordered = boss.get(addresses(seeds)["user-detail"]).context["ordered"]

    assert [amount.currency for amount in ordered] == ["MAD", "USD"]


def test_oscar_s_own_figures_would_be_seen(seeds):
    """What Oscar works out for its page of statistics is exactly what these tests look for."""
    stats = UpstreamStats()
    stats.request = type("Request", (), {"user": make_staff(is_superuser=True)})()

    revenue = stats.get_stats({})["total_revenue"]

    assert sums_in(f"<td>{revenue} DH</td>") == {"701106"}
    assert sums_in("<td>7\u202f011,06\xa0DH</td><td>MAD 7,011.06</td>") == {"701106"}


def templates_of_oscar() -> list[str]:
    folder = Path(oscar.__file__).parent / "templates"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


NEVER_SHOWN = {
    "oscar/dashboard/offers/offer_detail.html": "offer-detail",
    "oscar/dashboard/offers/offer_list.html": "offer-list",
    "oscar/dashboard/orders/statistics.html": "order-stats",
    "oscar/dashboard/reports/partials/offer_report.html": "reports-index",
    "oscar/dashboard/reports/partials/user_report.html": "reports-index",
    "oscar/dashboard/reports/partials/voucher_report.html": "reports-index",
    "oscar/dashboard/shipping/weight_band_delete.html": "shipping-method-band-delete",
    "oscar/dashboard/shipping/weight_based_detail.html": "shipping-method-detail",
    "oscar/dashboard/vouchers/voucher_detail.html": "voucher-stats",
}


def test_no_template_that_is_shown_writes_an_amount_without_its_currency():
    """Of the templates that leave the currency out, those left are of pages that lead away."""
    left_out = {
        name
        for name in templates_of_oscar()
        if CODELESS.search(Path(get_template(name).origin.name).read_text(encoding="utf-8"))
    }

    assert left_out == set(NEVER_SHOWN)
    assert set(NEVER_SHOWN.values()) <= LED_AWAY


def test_oscar_s_own_pages_of_shopping_and_orders_are_not_served():
    """Its shopper's templates are not reached: each address outside the dashboard is ours."""
    served = {pattern.callback.__module__ for pattern in plain(get_resolver().url_patterns)}

    assert {module for module in served if module.startswith("oscar.") and ".dashboard" not in module} == set()


def plain(patterns: Any) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from plain(pattern.url_patterns)
        else:
            yield pattern
