"""The shop's whole job, once in each currency: found, bought, paid, prepared, delivered, and the cooperative paid."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils import timezone
from playwright.sync_api import expect

from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel.money import from_minor
from catalogue.kernel.periods import day_of
from catalogue.lots.policies import LEAST_DAYS_ABROAD
from catalogue.lots.queries import sellable
from catalogue.people.models import User
from catalogue.products.models import Product
from fulfilment.orders.models import Order
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payouts import operations as payouts
from fulfilment.payouts import policies
from fulfilment.payouts.models import Payable, PayoutRun
from storefront.demo.models import Letter

from .people import DECLINED_CARD, GOOD_CARD, Colleague, Shopper, carry_to_the_door, eventually

pytestmark = pytest.mark.timeout(900)

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "ar-MA", "has_touch": True}
FRENCH = {"viewport": {"width": 1280, "height": 900}, "locale": "fr-FR"}
ENGLISH = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}


def in_stock(category: str, currency: str, side: str, *, free: int = 5, **wanted: object) -> Product:
    """A published product of a category that this shopper can buy: more pieces of one lot lie free at one place."""
    lasting = Q(lot__best_before=None) | Q(lot__best_before__gt=timezone.now() + timedelta(days=LEAST_DAYS_ABROAD + 1))
    here = sellable().filter(lasting, lot__stockrecord__product=OuterRef("pk"), on_hand__gt=F("held") + free)
    return (
        Product.objects.filter(
            Exists(here),
            is_public=True,
            categories__code__startswith=category,
            stockrecords__prices__currency=currency,
            stockrecords__prices__side=side,
            **wanted,
        )
        .order_by("sku")
        .first()
    )


def address_of(product: Product, language: str) -> str:
    return f"/{language}/catalogue/{product.slug}_{product.pk}/"


def owner_of(order: Order) -> User:
    """Make the demonstration's owner work for every cooperative that sold this order, so that one person can look."""
    owner = User.objects.get(phone="+212740000002")  # the demonstration's cooperative owner
    for cooperative_id in order.lines.values_list("partner_id", flat=True).distinct():
        Membership.objects.get_or_create(cooperative_id=cooperative_id, user=owner, defaults={"role": "owner"})
    return owner


def see_it_through(browser, shop, number):
    """Deliver an order, pay its cooperatives, and read each one's statement."""
    order = Order.objects.get(number=number)
    carry_to_the_door(browser, shop, number)
    order.refresh_from_db()
    assert order.status == Order.Status.DELIVERED
    payables = Payable.objects.filter(order_line__order=order)
    eventually(lambda: payables.count() == order.lines.count())
    let_days_pass(order)
    pay_cooperatives(browser, shop, order)
    owner_of(order)
    owner = Colleague(browser, shop, "cooperative owner")
    for cooperative in {line.partner for line in order.lines.all()}:
        payout = cooperative.payouts.order_by("-pk").first()
        legs = payout.lines.filter(ledger_line__order_line__in=order.lines.values("pk"))
        mine = from_minor(-legs.aggregate(minor=Sum("ledger_line__amount_minor"))["minor"])
        assert mine == sum(line.owed_mad for line in order.lines.filter(partner=cooperative))
        owner.go(f"portal/{cooperative.slug}/money/{payout.reference}/")
        statement = owner.page.locator("main").inner_text()
        assert payout.reference in statement
        assert order.phone not in statement
        assert order.buyer_name not in statement
    owner.leave()
    shop.manage("prove_invariants")  # raises when one is broken


def let_days_pass(order):
    """Let the order have arrived two months ago, and the courier hand in the cash then: the shop's clock stays."""
    then = timezone.now() - timedelta(days=62)
    Payable.objects.filter(order_line__order=order).update(earned_at=then, withdrawal_ends_at=then)
    if order.payment_method == "cash":
        payouts.take_in_cash(order_ids=[order.pk], now=then)
    else:
        Payable.objects.filter(order_line__order=order).update(money_in_at=then)


def ask_for_another_cycle(cooperative):
    """Have a cooperative paid by a cycle whose last period it was not paid for: the told year paid it for its own."""
    today = day_of(timezone.now())
    for cycle in policies.CYCLES:
        period = policies.last_period(cycle, today)
        if not cooperative.payouts.filter(from_day=period.from_day, until_day=period.until_day).exists():
            Partner.objects.filter(pk=cooperative.pk).update(payout_cycle=cycle)
            return
    raise AssertionError(cooperative)


def pay_cooperatives(browser, shop, order):
    """Draft the runs that are due, and let two people of the office take each with this order to the bank."""
    for cooperative in Partner.objects.filter(order_lines__order=order).distinct():
        ask_for_another_cycle(cooperative)
    shop.manage("run_payouts")
    lines = order.lines.values("pk")
    runs = PayoutRun.objects.filter(payouts__lines__ledger_line__order_line__in=lines, state="DRAFTED").distinct()
    finance, director = Colleague(browser, shop, "office finance"), Colleague(browser, shop, "director")
    for run in runs.order_by("pk"):
        for person, step in ((finance, "submit"), (director, "approve"), (finance, "export")):
            person.go(f"office/payouts/runs/{run.reference}/")
            person.press(f"form[action$='/{step}/'] button")
        run.refresh_from_db()
        assert run.state == "EXPORTED"
    finance.leave()
    director.leave()


def link_in(text: str) -> str:
    found = re.search(r"https?://\S+/orders/\S+", text)
    assert found, text
    return found.group(0)


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_arabic_dirhams_cash_to_a_douar(page, live_shop, browser):
    grandmother = Shopper(page, live_shop, "ar")
    grandmother.open()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    grandmother.shot("ar-home")
    titles = grandmother.search("عسل")
    assert titles
    assert all("عسل" in title for title in titles[:5])
    grandmother.shot("ar-search")
    honey = in_stock("honey", "MAD", "home", family__code__startswith="honey_")
    couscous = in_stock("couscous-cereals/couscous", "MAD", "home", family__code="couscous_wheat")
    grandmother.add(address_of(honey, "ar"), "٢")
    grandmother.add(address_of(couscous, "ar"))
    grandmother.go_to_checkout()
    grandmother.choose_province("تاونات")
    grandmother.fill(
        name="لالة الزهرة", phone="٠٧ ٤٠ ٠٠ ٠١ ٩٩", commune="بوهودة", locality="دوار أولاد صالح", landmark="قرب المسجد"
    )
    grandmother.shot("ar-checkout")
    number = grandmother.place(payment="cash")
    order = Order.objects.get(number=number)

    assert (order.currency, order.language, order.payment_method) == ("MAD", "ar", "cash")
    assert order.phone == "+212740000199"
    assert order.status in {Order.Status.CONFIRMED, Order.Status.PREPARING}
    assert {line.quantity for line in order.lines.all()} == {1, 2}
    assert order.total_incl_tax == order.shipping_incl_tax + sum(line.line_price_incl_tax for line in order.lines.all())
    picture = grandmother.shot("ar-order")
    assert picture.stat().st_size > 10_000
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    sms = eventually(lambda: Letter.objects.filter(channel="sms", recipient=order.phone).first())
    page.context.clear_cookies()
    page.goto(link_in(sms.text).replace(re.match(r"https?://[^/]+", link_in(sms.text)).group(0), live_shop.url))
    expect(page.locator("main")).to_contain_text(number)

    see_it_through(browser, live_shop, number)
    page.reload()
    expect(page.locator("main")).to_contain_text("دوار أولاد صالح")
    grandmother.shot("ar-delivered")
    assert page.complaints == []


@pytest.mark.parametrize("page", [FRENCH], indirect=True)
def test_french_euros_card_to_lyon_from_two_cooperatives(page, live_shop, browser):
    buyer = Shopper(page, live_shop, "fr")
    buyer.open()
    buyer.prefer(currency="EUR", destination="FR")
    assert buyer.search("huile d'argan")
    argan = in_stock("oils/argan-food", "EUR", "export", ship_flags=[])
    dates = in_stock("dates", "EUR", "export", ship_flags=[], family__code__startswith="dates_")
    buyer.add(address_of(argan, "fr"))
    expect(page.locator("main")).to_contain_text("€")
    buyer.add(address_of(dates, "fr"), "2")
    buyer.go_to_checkout()
    buyer.fill(
        name="Jeanne Martin", phone="+33 6 39 98 00 01", email="jeanne@example.org",
        street="12 rue des Essais", postcode="69001", city="Lyon",
    )  # fmt: skip
    buyer.shot("fr-checkout")
    number = buyer.place(payment="card")
    page.wait_for_url("**/pay/")
    buyer.shot("fr-pay")
    buyer.pay_with(GOOD_CARD)
    page.wait_for_url(re.compile(rf"/orders/{number}/(\?|$)"))
    order = Order.objects.get(number=number)

    assert (order.currency, order.side, order.destination) == ("EUR", "export", "FR")
    assert order.status in {Order.Status.PAID, Order.Status.PREPARING}
    assert order.lines.values("partner").distinct().count() == 2
    attempt = order.payment_attempts.get()
    assert (attempt.state, attempt.amount, attempt.currency) == ("SUCCEEDED", order.total_incl_tax, "EUR")
    mail = eventually(lambda: Letter.objects.filter(channel="mail", recipient__contains="jeanne@example.org").first())
    assert number in mail.subject + mail.text

    see_it_through(browser, live_shop, number)
    assert page.complaints == []


@pytest.mark.parametrize("page", [ENGLISH], indirect=True)
def test_english_dollars_declined_then_accepted(page, live_shop, browser):
    buyer = Shopper(page, live_shop, "en")
    buyer.open()
    buyer.prefer(currency="USD", destination="US")
    assert buyer.search("argan")
    oil = in_stock("beauty/argan", "USD", "export", ship_flags=[])
    slippers = in_stock("crafts/leather", "USD", "export", ship_flags=[], family__code="babouches")
    buyer.add(address_of(oil, "en"))
    buyer.add(address_of(slippers, "en"))
    buyer.go_to_checkout()
    buyer.fill(name="Ann Sample", phone="+1 202 555 0143", email="ann@example.org", street="1 Test Street", city="Springfield", postcode="62701")  # fmt: skip  # noqa: E501
    page.locator("main [name=area]").select_option(label="Illinois")
    number = buyer.place(payment="card")
    page.wait_for_url("**/pay/")
    buyer.pay_with(DECLINED_CARD)
    expect(page.locator("[data-error]")).to_be_visible()
    buyer.shot("en-declined")
    assert Order.objects.get(number=number).status == Order.Status.PENDING_PAYMENT

    buyer.pay_with(GOOD_CARD)
    page.wait_for_url(re.compile(rf"/orders/{number}/(\?|$)"))
    order = Order.objects.get(number=number)

    assert order.currency == "USD"
    assert order.status in {Order.Status.PAID, Order.Status.PREPARING}
    assert PaymentAttempt.objects.filter(order=order, state="SUCCEEDED").count() == 1
    assert order.total_incl_tax > Decimal(0)
    see_it_through(browser, live_shop, number)
    noted = [said for said in page.complaints if "402" in said]
    assert page.complaints == noted[:1]  # the browser notes the bank's refusal; nothing else was wrong
