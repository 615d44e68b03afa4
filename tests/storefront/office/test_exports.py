"""The office's pages about exports: who opens them, what is written, what the accountant takes away."""

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalogue.products.models import Family
from fulfilment.customs import operations, taxing
from fulfilment.customs.models import CustomsPaper, ExportRecord, ExportVat, SdrRate
from fulfilment.invoices import operations as invoices
from tests.factories.catalogue import make_cooperative
from tests.factories.exports import make_courier, make_export_order, make_packed, make_sdr_rate, record_export
from tests.factories.orders import open_deliveries
from tests.factories.parcels import move_to, open_parcels, packing_form
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.storefront.office.addresses import english
from tests.storefront.office.test_prices import text_of

pytestmark = pytest.mark.django_db
EVERYTHING = ("courier", "declaration_number", "declared_on", "proof_kind", "proof_reference", "proof_on")
NO_PROOF = {"proof_kind": "", "proof_reference": "", "proof_on": None}


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def parcel():
    return move_to(make_packed(), "HANDED_OVER")


@pytest.fixture
def logistics(client):
    return sign_in(client, make_staff("logistics"))


def addresses(parcel):
    record = record_export(parcel, scan=b"%PDF-1.7 stamped")
    return {
        "exports": english("exports"),
        "csv": english("exports-csv") + "?month=2026-11",
        "export": english("export", parcel.reference),
        "scan": english("export-scan", parcel.reference, record.pk),
        "cn23": english("customs-paper", parcel.reference, "CN23"),
        "commercial invoice": english("customs-paper", parcel.reference, "COMMERCIAL_INVOICE"),
        "sdr-rates": english("sdr-rates"),
    }


def filled(**changes):
    return {
        "courier": make_courier().pk,
        "declaration_number": "DUM-2026-77",
        "declared_on": "2026-11-18",
        "proof_kind": "exit_visa",
        "proof_reference": "V-1",
        "proof_on": "2026-11-19",
    } | changes


@pytest.mark.parametrize(
    ("who", "status", "write"),
    [
        ("logistics", 200, 302),
        ("finance", 200, 403),
        ("director", 200, 302),
        ("support", 403, 403),
        ("catalogue", 403, 403),
        ("owner", 404, 404),
        ("shopper", 404, 404),
        (None, 302, 302),
    ],
)
def test_papers_and_proofs_are_served_by_right_alone(client, parcel, who, status, write):
    pages = addresses(parcel)
    if who in ("owner", "shopper"):
        sign_in(client, make_person() if who == "shopper" else make_member(make_cooperative(), who))
    elif who:
        sign_in(client, make_staff(who))

    assert {name: client.get(page).status_code for name, page in pages.items()} == dict.fromkeys(pages, status)
    known = parcel.export_records.get().pk
    answer = client.post(pages["export"], filled(based_on=known))
    assert answer.status_code == write
    assert ExportRecord.objects.count() == (2 if write == 302 and who else 1)


def test_the_cooperative_of_the_parcel_and_its_buyer_do_not_see_its_papers(client, parcel):
    sign_in(client, make_member(parcel.lines.get(order_line__quantity=2).order_line.partner, "owner"))

    assert client.get(english("customs-paper", parcel.reference, "CN23")).status_code == 404
    assert "CN 23" not in client.get(f"/en/portal/parcels/{parcel.reference}/").content.decode()


def test_the_parcels_page_offers_its_papers_and_says_what_is_missing(logistics, parcel):
    page = logistics.get(english("consignment", parcel.reference)).content.decode()

    assert english("customs-paper", parcel.reference, "CN23") in page
    assert english("export", parcel.reference) in page
    assert "something is missing" in page


def test_a_parcel_without_a_tariff_code_stays_and_the_page_names_the_product(logistics):
    parcel = move_to(open_parcels(make_export_order())[0], "PICKED")
    Family.objects.update(hs_code="")

    answer = logistics.post(english("packing", parcel.reference), packing_form(parcel), follow=True)

    parcel.refresh_from_db()
    assert parcel.state == "PICKED"
    assert f"{parcel.reference} stays where it is." in answer.content.decode()
    assert "has no tariff code (HS)" in answer.content.decode()


def test_a_parcel_is_not_handed_over_while_its_papers_are_made(logistics, run_jobs):
    parcel, courier = make_packed(), make_courier()
    form = {"step": "hand_over", "courier": courier.pk}

    answer = logistics.post(english("move", parcel.reference), form, follow=True)
    held = "papers are not made yet" in answer.content.decode()
    run_jobs()
    logistics.post(english("move", parcel.reference), form)

    parcel.refresh_from_db()
    assert (held, parcel.state) == (True, "HANDED_OVER")


def test_what_is_known_is_written_with_its_scan_and_stands_beside_the_invoice(logistics, parcel):
    scan = SimpleUploadedFile("visa.pdf", b"%PDF-1.7 stamped", content_type="text/html")
    page = english("export", parcel.reference)

    answer = logistics.post(page, filled(scan=scan))

    record = ExportRecord.objects.get()
    assert (answer.status_code, record.is_complete, record.scan.content_type) == (302, True, "application/pdf")
    kept = logistics.get(english("export-scan", parcel.reference, record.pk))
    assert (kept.content, kept["Content-Disposition"][:10]) == (b"%PDF-1.7 stamped", "attachment")
    assert "DUM-2026-77" in logistics.get(english("order", parcel.order.number)).content.decode()
    assert "Nothing is missing here." in logistics.get(english("exports")).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"declared_on": ""}, "This belongs to the rest"),
        ({"proof_reference": ""}, "This belongs to the rest"),
        ({"declared_on": "2027-01-01"}, "This day has not come yet."),
        ({"scan": SimpleUploadedFile("x.pdf", b"<script>")}, "neither a PDF nor a photo"),
        (dict.fromkeys(EVERYTHING, ""), "Nothing is filled in"),
    ],
)
def test_what_is_not_whole_is_shown_again_and_nothing_is_written(logistics, parcel, changes, words):
    answer = logistics.post(english("export", parcel.reference), filled(**changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ExportRecord.objects.count() == 0


def test_a_form_that_somebody_else_overtook_is_told_and_writes_nothing(logistics, parcel):
    record_export(parcel, declaration_number="DUM-1")

    answer = logistics.post(english("export", parcel.reference), filled(based_on=""))

    assert answer.status_code == 422
    assert "Someone wrote about this shipment meanwhile" in answer.content.decode()
    assert ExportRecord.objects.count() == 1


def test_the_months_table_links_invoice_declaration_and_proof_and_holds_no_formula(client, parcel):
    invoice = invoices.issue(order_id=parcel.order_id, now=timezone.now())
    record_export(parcel, declaration_number="=1+1", **NO_PROOF)
    sign_in(client, make_staff("finance"))

    answer = client.get(english("exports-csv") + "?month=2026-11")

    head, row = csv.reader(StringIO(answer.content.decode().removeprefix("\ufeff")))
    told = dict(zip(head, row, strict=True))
    assert (told["Invoice"], told["Customs declaration"], told["Missing"]) == (
        invoice.number,
        "'=1+1",
        "proof of exit",
    )
    paper = CustomsPaper.objects.filter(consignment=parcel).first()
    assert told["Goods"] == paper.content["value"]
    assert told["Left on"] == "2026-11-20"


@pytest.mark.parametrize("month", ["", "2026-13", "x", "٢٠٢٦-١٣"])
def test_there_is_no_table_of_no_month(logistics, month):
    assert logistics.get(english("exports-csv"), {"month": month}).status_code == 404


def test_the_list_asks_as_much_for_three_as_for_one(logistics, django_assert_max_num_queries, parcel):
    record_export(parcel, **NO_PROOF)
    logistics.get(english("exports"))  # what every page keeps for the next one
    asked = []
    for _ in range(2):
        with django_assert_max_num_queries(25) as captured:
            logistics.get(english("exports"))
        asked.append(len(captured))
        for _more in range(2):
            record_export(move_to(make_packed(), "HANDED_OVER"), **NO_PROOF)

    assert asked[0] == asked[1]


def test_finance_writes_what_an_sdr_is_worth_and_logistics_does_not(client):
    sign_in(client, make_staff("logistics"))
    refused = client.post(english("dated-add", "sdr"), {"mad_per_sdr": "12,70", "valid_from": "2026-11-20"})
    sign_in(client, make_staff("finance"))

    written = client.post(english("dated-add", "sdr"), {"mad_per_sdr": "12,70", "valid_from": "2026-11-20"})

    assert (refused.status_code, written.status_code) == (403, 302)
    row = SdrRate.objects.get()
    assert str(row.mad_per_sdr) == "12.700000"
    assert "12.7" in client.get(english("sdr-rates")).content.decode()
    ended = client.post(english("dated-end", "sdr", row.pk), {"until": "2026-12-01"})
    assert (ended.status_code, SdrRate.objects.get().valid_until.isoformat()) == (302, "2026-12-01")


def test_the_list_warns_while_nobody_wrote_what_an_sdr_is_worth(logistics):
    before = "Nobody wrote what an SDR is worth" in logistics.get(english("exports")).content.decode()
    make_sdr_rate()

    after = "Nobody wrote what an SDR is worth" in logistics.get(english("exports")).content.decode()

    assert (before, after) == (True, False)


def test_a_paper_of_another_kind_is_not_there(logistics, parcel):
    assert logistics.get(english("customs-paper", parcel.reference, "CN22")).status_code == 404
    assert operations.queries.paper(parcel.reference, "CN22") is None


def press_vat(client, parcel, name, **data):
    return text_of(client.post(english("export-vat", parcel.reference, name), data, follow=True))


def test_vat_is_asked_by_logistics_and_agreed_to_by_finance(client, parcel, logistics):
    invoices.issue(order_id=parcel.order_id, now=timezone.now())
    assert "It cannot be proved" in text_of(client.get(english("export", parcel.reference)))
    assert "Write in a few words why." in press_vat(client, parcel, "ask", note="")
    assert "Asked." in press_vat(client, parcel, "ask", note="the visa is lost")
    assert client.post(english("export-vat", parcel.reference, "agree")).status_code == 403
    sign_in(client, make_staff("finance"))
    page = text_of(client.get(english("export", parcel.reference)))

    assert "the visa is lost" in page
    assert "Agree, and book the VAT" in page
    assert "The VAT is booked." in press_vat(client, parcel, "agree")
    assert "does not wait for an answer" in press_vat(client, parcel, "decline")
    decided = ExportVat.objects.get()
    page = client.get(english("export", parcel.reference)).content.decode()
    assert english("ledger-entry", decided.entry_id) in page
    assert decided.reference in page
    assert parcel.reference not in text_of(client.get(english("exports")))
    month = client.get(english("exports-csv") + "?month=2026-11").content.decode()
    assert "VAT is due after all" in month
    assert "VAT is due after all" in text_of(client.get(english("exports") + "?all=on"))


def test_who_asked_takes_it_back_on_the_page(client, parcel):
    sign_in(client, make_staff("finance"))
    invoices.issue(order_id=parcel.order_id, now=timezone.now())
    press_vat(client, parcel, "ask", note="the visa is lost")

    assert "This takes a second person." in press_vat(client, parcel, "agree")
    assert "Take it back" in text_of(client.get(english("export", parcel.reference)))
    assert "Taken back." in press_vat(client, parcel, "drop")
    assert "It cannot be proved" in text_of(client.get(english("export", parcel.reference)))


def test_nothing_of_vat_is_asked_before_a_parcel_is_invoiced_and_no_other_step_is_there(client, parcel, logistics):
    assert "It cannot be proved" not in text_of(client.get(english("export", parcel.reference)))
    assert "not on this one" in press_vat(client, parcel, "ask", note="x")
    assert client.post(english("export-vat", parcel.reference, "steal")).status_code == 404
    assert client.post(english("export-vat", "NOWHERE-1", "ask"), {"note": "x"}).status_code == 404
    assert client.get(english("export-vat", parcel.reference, "ask")).status_code == 405


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_page_opens_in_each_language_before_and_after(client, parcel, logistics, language):
    invoices.issue(order_id=parcel.order_id, now=timezone.now())
    page = english("export", parcel.reference).replace("/en/", f"/{language}/")
    assert client.get(page).status_code == 200
    press_vat(client, parcel, "ask", note="x")
    assert client.get(page).status_code == 200


def test_a_class_without_a_rate_is_named(client, parcel, logistics, monkeypatch):
    invoices.issue(order_id=parcel.order_id, now=timezone.now())
    monkeypatch.setattr(taxing, "_home_rates", lambda day: {})

    assert "No rate says what class R10 pays" in text_of(client.get(english("export", parcel.reference)))
