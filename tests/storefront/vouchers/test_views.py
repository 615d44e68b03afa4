"""Entering a code, what is said of it, and what becomes of it when the order is placed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.orders import operations as orders
from fulfilment.orders.discounting import Kind
from fulfilment.orders.models import LineDiscount, Order
from storefront.basket.models import Basket
from storefront.offers.operations import stop_offer
from storefront.vouchers.models import BasketVoucher, Voucher, VoucherUse
from tests.factories.offers import make_offer, make_voucher
from tests.factories.orders import Guest, open_deliveries, seal_of, stock
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
D = Decimal
REFUSED = "This code does not count."


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def broken_invariants():
    return [(name, rows) for name, rows in violations() if rows]


def visitor(record=None, **fields):
    guest = Guest(**{"language": "en"} | fields)
    guest.add(record or stock("120.00", in_stock=50))
    return guest


def enter(guest, code):
    return guest.post("basket/code/", code=code)


def test_a_code_is_entered_counts_is_shown_and_is_taken_out_again():
    voucher = make_voucher()
    guest = visitor()

    answer = enter(guest, f" {voucher.code[:3].lower()}-{voucher.code[3:]} ")
    with_code = guest.get("basket/").content.decode()
    guest.post("basket/code/", remove="1")
    without = guest.get("basket/").content.decode()

    assert (answer.status_code, answer.url) == (302, "/en/basket/#code")
    assert "MAD\xa0108.00" in with_code
    assert "MAD\xa0108.00" not in without
    assert not BasketVoucher.objects.exists()


def test_the_code_is_written_on_the_order_and_counted_once():
    voucher = make_voucher(make_offer(Kind.BASKET, benefit={"MAD": "50", "EUR": "5"}, for_voucher=True))
    guest = visitor()
    enter(guest, voucher.code)

    guest.place()

    order = Order.objects.get()
    page = guest.get(f"orders/{order.number}/").content.decode()
    assert order.total_incl_tax == D("105.00")
    assert LineDiscount.objects.get().voucher_code == voucher.code
    assert f"{voucher.code[:3]}-{voucher.code[3:6]}-{voucher.code[6:]}" in page
    assert (voucher.num_orders, voucher.total_discount) == (1, D("50.00"))
    assert broken_invariants() == []


def shut(kind):
    now = timezone.now()
    if kind == "unknown":
        return "K7M2PX9QA"
    if kind == "over":
        return make_voucher(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1)).code
    if kind == "not begun":
        return make_voucher(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2)).code
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    if kind == "stopped":
        stop_offer(offer_id=voucher.offers.get().pk, now=now)
    if kind == "used up":
        other = visitor()
        enter(other, voucher.code)
        other.place()
    return voucher.code


@pytest.mark.parametrize("kind", ["unknown", "over", "not begun", "stopped", "used up"])
def test_whoever_guesses_hears_the_same_of_every_code_that_counts_for_nobody(kind):
    code = shut(kind)
    guest = visitor()

    answer = enter(guest, code)

    assert answer.status_code == 422
    assert REFUSED in answer.content.decode()
    assert not BasketVoucher.objects.filter(basket__status=Basket.OPEN).exists()


@pytest.mark.parametrize("written", ["", "   ", "\0\0\0", "x" * 61, "' OR 1=1 --", "<script>"])
def test_what_is_no_code_is_refused_kindly(written):
    answer = enter(visitor(), written)

    assert answer.status_code in (400, 422)
    assert not BasketVoucher.objects.exists()


def test_twenty_misses_are_enough_even_for_a_right_code():
    voucher = make_voucher()
    guest = visitor()

    answers = [enter(guest, "K7M2PX9QA") for _ in range(20)]
    stopped = enter(guest, voucher.code)

    assert all(REFUSED in answer.content.decode() for answer in answers)
    assert "Please wait ten minutes" in stopped.content.decode()


def test_a_right_code_is_not_held_against_anyone():
    voucher = make_voucher()
    guest = visitor()

    answers = [enter(guest, voucher.code) for _ in range(25)]

    assert {answer.status_code for answer in answers} == {302}


def test_misses_of_one_address_stop_its_other_baskets_but_not_another_address():
    voucher = make_voucher()
    for _ in range(4):
        guest = visitor()
        for _ in range(5):
            enter(guest, "K7M2PX9QA")
    same, other = visitor(), visitor()
    other.client.defaults["REMOTE_ADDR"] = "105.66.1.2"

    assert enter(same, voucher.code).status_code == 422
    assert enter(other, voucher.code).status_code == 302


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        (
            {"minimum": {"MAD": "200"}},
            "Spend <bdi>MAD\xa080.00</bdi> more and this code counts.|Spend MAD\xa080.00 more",
        ),
        ({"minimum": {"EUR": "20"}}, "This code does not count in this currency (MAD)"),
        ({"min_count": 3}, "This code counts from 2 pieces more."),
        ({"product_ids": "other"}, "This code is for other products."),
    ],
)
def test_a_right_code_that_does_not_count_here_says_why(offer, said):
    if offer.get("product_ids"):
        offer = {"product_ids": (stock().product_id,)}
    voucher = make_voucher(make_offer(for_voucher=True, **offer))
    guest = visitor()

    enter(guest, voucher.code)
    page = guest.get("basket/").content.decode()

    assert any(words in page for words in said.split("|"))
    assert BasketVoucher.objects.exists()


def test_a_code_used_before_with_this_phone_is_refused_at_the_last_moment_and_nothing_is_lost():
    voucher = make_voucher(usage=Voucher.ONCE_PER_CUSTOMER)
    record = stock("120.00", in_stock=20)
    first = visitor(record)
    enter(first, voucher.code)
    first.place()
    second = visitor(record)
    enter(second, voucher.code)
    data = second.filled(phone="0661234567") | {"phone": "06 12 34 56 78"}

    told = second.post("checkout/place/", **data)
    agreed = second.post("checkout/place/", **data | {"seal": seal_of(told)})

    page = told.content.decode()
    assert told.status_code == 409
    assert "This code was used before with this phone or account." in page
    assert agreed.status_code == 302
    assert [order.total_incl_tax for order in Order.objects.order_by("pk")] == [D("143.00"), D("155.00")]
    assert VoucherUse.objects.count() == 1
    assert broken_invariants() == []


def test_a_single_use_code_used_meanwhile_leaves_the_basket_as_it_was():
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    record = stock("120.00", in_stock=20)
    slow, quick = visitor(record), visitor(record)
    enter(slow, voucher.code)
    enter(quick, voucher.code)
    data = slow.filled()
    quick.place()

    told = slow.post("checkout/place/", **data)

    assert told.status_code == 409
    assert "This code has been used up." in told.content.decode()
    assert Order.objects.count() == 1
    assert Basket.objects.filter(status=Basket.OPEN).count() == 1


def test_a_cancelled_order_gives_its_code_back():
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    record = stock("120.00", in_stock=20)
    for _ in range(2):
        guest = visitor(record)
        enter(guest, voucher.code)
        guest.place()
        order = Order.objects.latest("pk")
        assert order.total_incl_tax == D("143.00")
        orders.cancel(order_id=order.pk, now=timezone.now())

    assert VoucherUse.objects.filter(released_at__isnull=True).count() == 0
    assert broken_invariants() == []


def test_at_most_one_code_lies_in_a_basket():
    first, second = make_voucher(), make_voucher()
    guest = visitor()

    enter(guest, first.code)
    enter(guest, second.code)

    assert BasketVoucher.objects.get().voucher == second


def test_forty_percent_and_a_code_of_seventy_leave_a_fifth_to_pay():
    make_offer(percent="40")
    voucher = make_voucher(make_offer(percent="70", for_voucher=True))
    guest = visitor()
    enter(guest, voucher.code)

    guest.place()

    assert Order.objects.get().total_incl_tax == D("59.00")  # 24.00 and the delivery


def test_signing_in_keeps_the_code_of_the_basket():
    person = make_person(phone="+212661234567")
    voucher = make_voucher()
    guest = visitor()
    enter(guest, voucher.code)
    owned = Basket.objects.create(owner=person)

    guest.client.force_login(person)
    page = guest.get("basket/").content.decode()

    assert BasketVoucher.objects.get().basket == owned
    assert "MAD\xa0108.00" in page


def test_the_code_stays_when_the_currency_changes_and_counts_again_on_the_way_back():
    voucher = make_voucher(make_offer(Kind.BASKET, benefit={"MAD": "20"}, for_voucher=True))
    guest = visitor()
    enter(guest, voucher.code)

    guest.client.cookies["currency"] = "EUR"
    in_euros = guest.get("basket/").content.decode()
    guest.client.cookies["currency"] = "MAD"
    in_dirhams = guest.get("basket/").content.decode()

    assert "This code does not count in this currency (EUR)" in in_euros
    assert "MAD\xa0100.00" in in_dirhams


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_basket_the_form_leads_back(method):
    answer = getattr(Guest(), method)("basket/code/")

    assert (answer.status_code, answer.url) == (302, "/fr/basket/")
