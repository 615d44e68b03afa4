"""The pages of hubs and shops: who opens them, who presses what, and that people work through them with a scanner."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from catalogue.lots.models import Lot, LotStock
from catalogue.products.models import Component
from catalogue.receiving import operations
from catalogue.receiving.models import CallOff, Delivery, RefusalPhoto, Stocktake, Transfer
from storefront.notifications.models import Message
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.factories.receiving import announced, make_delivery, make_hub, receive
from tests.factories.shares import make_union
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
LISTS = ("stock", "stock-deliveries", "stock-transfers", "stock-counts", "stock-hampers", "stock-wanted")
ANSWERS = {"lot-printed": "yes", "date-printed": "yes", "label-arabic": "yes", "net-weight": "yes"}


@pytest.fixture
def hub():
    return make_hub(name="Hub")


@pytest.fixture
def shop():
    return make_hub("shop", name="Shop")


@pytest.fixture
def stock(hub):
    return make_lot(make_stockrecord(in_stock=0), 10, place=hub, number="L-1")


@pytest.fixture
def keeper(client):
    return sign_in(client, make_staff("logistics"))


def pages(stock, hub, shop):
    person = make_staff()
    delivery = make_delivery(hub, person, announced(stock.lot.stockrecord, 3, lot_number="D-1"))
    sent = {"from_place": hub, "to_place": shop, "pieces": {stock.pk: 1}, "key": uuid4()}
    transfer = operations.send_transfer(by=person, now=timezone.now(), **sent)
    stocktake = operations.open_stocktake(place=hub, by=person, now=timezone.now())
    return [
        *map(english, LISTS),
        english("stock-lot", stock.lot_id),
        english("stock-delivery", delivery.pk),
        english("stock-announce", stock.lot.stockrecord.partner.slug),
        english("stock-transfer", transfer.pk),
        english("stock-count", stocktake.pk),
        english("stock-sheet", stocktake.pk),
    ]


@pytest.mark.parametrize(("who", "status"), [("logistics", 200), ("director", 200), ("support", 403), ("finance", 403)])
def test_logistics_opens_every_page_and_other_groups_none(client, stock, hub, shop, who, status):
    sign_in(client, make_staff(who))

    assert {client.get(page).status_code for page in pages(stock, hub, shop)} == {status}


@pytest.mark.parametrize("who", ["shopper", "owner"])
def test_to_others_the_pages_are_not_there(client, stock, hub, shop, who):
    sign_in(client, make_person() if who == "shopper" else make_member(stock.lot.stockrecord.partner))

    assert {client.get(page).status_code for page in pages(stock, hub, shop)} == {404}


def test_a_scanned_lot_opens_its_page(keeper, stock):
    assert keeper.get(english("stock") + "?q=L-1").url == f"/en/office/stock/lots/{stock.lot_id}/"
    assert "L-1" in keeper.get(english("stock") + f"?q={stock.lot.stockrecord.product.upc}").content.decode()


def photo():
    written = BytesIO()
    Image.new("RGB", (20, 20), "red").save(written, "JPEG")
    return SimpleUploadedFile("broken.jpg", written.getvalue())


def test_goods_come_in_are_refused_with_a_photo_checked_and_put_away(keeper, hub):
    oil = make_stockrecord(in_stock=0)
    delivery = make_delivery(hub, make_staff(), announced(oil, 10))
    line = delivery.lines.get().pk
    found = {f"line-{line}-counted": "٩", f"line-{line}-refused": "2", f"line-{line}-refusal": "broken"}

    keeper.post(english("stock-delivery-step", delivery.pk, "receive"), found | {f"line-{line}-photo": photo()})
    stock = LotStock.objects.get()
    keeper.post(english("stock-check", stock.lot_id), ANSWERS | {"onssa-printed": "yes"})
    keeper.post(english("stock-shelf", stock.pk), {"shelf": "B-12"})
    keeper.post(english("stock-delivery-step", delivery.pk, "close"))

    stock.refresh_from_db()
    oil.refresh_from_db()
    delivery.refresh_from_db()
    assert (stock.on_hand, stock.shelf, stock.lot.state, oil.num_in_stock) == (7, "B-12", "RELEASED", 7)
    assert (delivery.state, keeper.get(english("stock-photo", line))["Content-Type"]) == ("CLOSED", "image/jpeg")


def test_a_file_that_is_no_photo_and_a_missing_reason_are_said_and_nothing_is_taken_in(keeper, hub):
    delivery = make_delivery(hub, make_staff(), announced(make_stockrecord(in_stock=0), 10))
    line = delivery.lines.get().pk
    page = english("stock-delivery-step", delivery.pk, "receive")

    fake = keeper.post(page, {f"line-{line}-counted": "9", f"line-{line}-photo": SimpleUploadedFile("x.jpg", b"<svg>")})
    silent = keeper.post(page, {f"line-{line}-counted": "9", f"line-{line}-refused": "1"})

    assert (fake.status_code, silent.status_code) == (422, 422)
    assert "is not a photo" in fake.content.decode()
    assert "Say why they are refused" in silent.content.decode()
    assert (LotStock.objects.count(), RefusalPhoto.objects.count()) == (0, 0)


def test_a_check_with_a_bad_answer_blocks_and_a_reason_releases_again(keeper, stock, hub):
    waiting = make_lot(make_stockrecord(in_stock=0), 4, place=hub, state="AWAITING").lot
    keeper.post(english("stock-check", waiting.pk), ANSWERS | {"onssa-printed": "no"})
    blocked = Lot.objects.get(pk=waiting.pk).state

    keeper.post(english("stock-decide", waiting.pk), {"state": "RELEASED", "reason": "cleared", "note": "new label"})

    assert (blocked, Lot.objects.get(pk=waiting.pk).state) == ("BLOCKED", "RELEASED")


def test_scanned_lots_travel_and_arrive(keeper, stock, hub, shop):
    sent = {"from_place": hub.pk, "to_place": shop.pk, "scanned": "L-1 3\nL-1\n", "key": uuid4()}
    keeper.post(english("stock-transfers"), sent)
    keeper.post(english("stock-transfers"), sent)
    transfer = Transfer.objects.get()
    line = transfer.lines.get()

    keeper.post(english("stock-transfer", transfer.pk), {f"line-{line.pk}-pieces": "4"})

    assert dict(LotStock.objects.values_list("place__name", "on_hand")) == {"Hub": 6, "Shop": 4}


def test_a_wrong_scan_names_its_line_and_nothing_leaves(keeper, stock, hub, shop):
    sent = {"from_place": hub.pk, "to_place": shop.pk, "scanned": "L-1 3\nNOBODY 2\n", "key": uuid4()}

    answer = keeper.post(english("stock-transfers"), sent)

    assert (answer.status_code, Transfer.objects.count()) == (422, 0)
    assert "Line 2: no lot “NOBODY” lies there" in answer.content.decode()


def test_a_scanner_counts_a_place_and_someone_with_the_right_applies_it(keeper, stock, hub):
    keeper.post(english("stock-counts"), {"place": hub.pk})
    page, stocktake = "stock-count-step", Stocktake.objects.get()
    for code in ("L-1", "L-1"):
        keeper.post(english(page, stocktake.pk, "scan"), {"code": code})
    unknown = keeper.post(english(page, stocktake.pk, "scan"), {"code": "NOBODY"})
    shown = keeper.get(english("stock-count", stocktake.pk)).content.decode()

    keeper.post(english(page, stocktake.pk, "apply"))

    stock.refresh_from_db()
    assert (unknown.status_code, "-8" in shown or "−8" in shown, stock.on_hand) == (422, True, 2)


def test_stocktakes_are_listed_newest_first(keeper, hub):
    now = timezone.now()
    opened = [
        operations.open_stocktake(place=hub, by=make_staff(), now=now - timedelta(days=days)) for days in (2, 0, 1)
    ]

    listed = keeper.get(english("stock-counts")).context["page_obj"].object_list

    assert list(listed) == [opened[1], opened[2], opened[0]]


def test_a_bad_sheet_is_told_row_by_row(keeper, stock, hub):
    stocktake = operations.open_stocktake(place=hub, by=make_staff(), now=timezone.now())
    sheet = SimpleUploadedFile("s.csv", b"lot,counted\nL-1,-1\nNOBODY,2\n")

    answer = keeper.post(english("stock-count-step", stocktake.pk, "file"), {"file": sheet})

    assert (answer.status_code, "Row 2" in answer.content.decode(), stocktake.lines.count()) == (422, True, 0)


def test_hampers_are_packed_and_what_is_short_is_named(keeper, stock, hub):
    basket = make_stockrecord(in_stock=0, product=make_product("Panier", kind="gift"))
    Component.objects.create(hamper=basket.product, product=stock.lot.stockrecord.product, quantity=4)
    packed = {"place": hub.pk, "sku": basket.product.sku}

    short = keeper.post(english("stock-hampers"), packed | {"number": "3"})
    keeper.post(english("stock-hampers"), packed | {"number": "2"})
    made = LotStock.objects.get(lot__stockrecord=basket)
    keeper.post(english("stock-unpack", made.pk), {"number": "1"})

    stock.refresh_from_db()
    made.refresh_from_db()
    assert (short.status_code, "2 missing" in short.content.decode()) == (422, True)
    assert (made.on_hand, stock.on_hand) == (1, 6)


def test_an_adjustment_says_why_and_spares_what_is_sold(keeper, stock):
    LotStock.objects.filter(pk=stock.pk).update(held=9)
    change = {"reason": "broken", "note": "fell", "key": uuid4()}

    refused = keeper.post(english("stock-adjust", stock.pk), change | {"change": "-2"})
    keeper.post(english("stock-adjust", stock.pk), change | {"change": "-1"})

    stock.refresh_from_db()
    assert (refused.status_code, stock.on_hand) == (422, 9)
    assert "broken · fell" in keeper.get(english("stock-lot", stock.lot_id)).content.decode()


def test_the_office_asks_and_the_cooperative_is_told_once_a_day(keeper, hub):
    cooperative = make_cooperative()
    owner = make_member(cooperative)
    for _ in range(2):
        record = make_stockrecord(cooperative=cooperative, in_stock=1)
        record.low_stock_threshold = 5
        record.save()
    operations.propose_call_offs(place=hub, now=timezone.now())

    for row in CallOff.objects.all():
        keeper.post(english("stock-wanted-step", row.pk, "ask"), {"quantity": "20"})

    assert set(CallOff.objects.values_list("state", "quantity")) == {("ASKED", 20)}
    message = Message.objects.get()
    assert (message.recipient, message.text.startswith("Bilad Al Khair")) == (owner.phone, True)


def test_the_office_announces_what_a_cooperative_said(keeper, hub):
    oil = make_stockrecord(in_stock=0)
    page = english("stock-announce", oil.partner.slug)
    line = {"line-0-record": oil.pk, "line-0-pieces": "12", "line-0-produced_on": "2026-11-10"}
    form = {"place": hub.pk, "expected_on": "2026-11-30", "key": uuid4()}

    keeper.post(page, form | line)

    made = Delivery.objects.get().lines.get()
    assert (made.expected, made.lot_number.startswith("L26314-")) == (12, True)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_much_for_three_rows_as_for_one(keeper, hub, shop, name):
    person = make_staff()

    def add():
        record = make_stockrecord(in_stock=1)
        record.low_stock_threshold = 50
        record.save()
        stock = make_lot(record, 5, place=hub)
        pieces = {stock.pk: 1}
        now = timezone.now()
        receive(make_delivery(hub, person, announced(record, lot_number=f"D{stock.pk}")), person)
        operations.send_transfer(from_place=hub, to_place=shop, pieces=pieces, key=uuid4(), by=person, now=now)
        operations.open_stocktake(place=hub, by=make_staff(), now=now)
        operations.propose_call_offs(place=hub, now=now)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert keeper.get(english(name)).status_code == 200
        return len(asked)

    add()
    queries()  # what a process asks once
    one = queries()
    add(), add()

    assert queries() == one


def test_who_made_a_lot_is_said_on_its_page_until_it_is_promised(keeper, hub):
    one, two, _three = members = make_union()
    lies = make_lot(make_stockrecord(cooperative=one, in_stock=0), 10, place=hub)
    page, send = english("stock-lot", lies.lot_id), english("stock-shares", lies.lot_id)

    def say(*percent):
        return keeper.post(send, {f"member_{who.pk}": part for who, part in zip(members, percent, strict=True)})

    wrong, strange = say("50", "49,9", ""), say("50", "x", "50")
    saved = say("66.7", "33,3", "")
    LotStock.objects.filter(pk=lies.pk).update(held=1)
    late = say("", "", "100")

    assert (wrong.status_code, strange.status_code, late.status_code) == (422, 422, 422)
    assert "Together they come to 99.9 %, and not to 100 %." in wrong.content.decode()
    assert "are promised to buyers already" in late.content.decode()
    assert (saved.status_code, dict(lies.lot.shares.values_list("cooperative", "per_mille"))) == (
        302,
        {one.pk: 667, two.pk: 333},
    )
    shown = keeper.get(page).content.decode()
    assert "667 of 1000" in shown
    assert "Several of the union made it" not in shown


def test_a_lot_of_a_cooperative_of_no_union_is_shared_with_nobody(keeper, stock):
    page = keeper.get(english("stock-lot", stock.lot_id)).content.decode()

    assert "Who made it" not in page
    assert keeper.post(english("stock-shares", stock.lot_id)).status_code == 404
