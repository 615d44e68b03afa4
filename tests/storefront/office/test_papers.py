"""The office prints a parcel's papers and hands packed parcels over with a manifest, each by right."""

import pytest
from django.utils import timezone

from fulfilment.papers import operations
from fulfilment.papers.models import Manifest, ParcelPaper
from fulfilment.shipping.models import Courier
from fulfilment.warehouse import operations as warehouse
from tests.factories.catalogue import make_cooperative
from tests.factories.labels import make_parcel
from tests.factories.parcels import move_to
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel():
    return move_to(make_parcel(), "PACKED")


@pytest.fixture
def courier():
    return Courier.objects.create(name="Tournée de Fès", kind="own")


def papers_of(parcel):
    return [english("parcel-paper", parcel.reference, kind) for kind in ("label", "slip")]


def hand_over(client, courier, *parcels):
    data = {"courier": courier.pk, "parcel": [parcel.pk for parcel in parcels]}
    return client.post(english("hand-over"), data, follow=True)


@pytest.mark.parametrize(
    ("group", "papers", "manifests", "moves"),
    [
        ("support", 200, 200, 403),
        ("logistics", 200, 200, 200),
        ("finance", 403, 200, 403),
        ("catalogue", 403, 403, 403),
    ],
)
def test_each_group_prints_and_hands_over_by_right(client, parcel, courier, group, papers, manifests, moves):
    other = move_to(make_parcel(), "PACKED")
    manifest = operations.hand_over(
        courier_id=courier.pk, consignment_ids=[other.pk], language="fr", by=None, now=timezone.now()
    )
    sign_in(client, make_staff(group))

    assert [client.get(page).status_code for page in papers_of(parcel)] == [papers] * 2
    pages = [english("manifests"), english("manifest", manifest.number)]
    assert [client.get(page).status_code for page in pages] == [manifests] * 2
    assert hand_over(client, courier, parcel).status_code == moves
    parcel.refresh_from_db()
    assert (parcel.state == "HANDED_OVER") == (moves == 200)


def test_to_shoppers_and_cooperatives_these_pages_are_not_there(client, parcel):
    for person in (
        make_person(),
        make_member(make_cooperative(), "owner"),
        make_member(parcel.origin.cooperative, "clerk"),
    ):
        sign_in(client, person)
        pages = [*papers_of(parcel), english("manifests"), english("manifest", "M2026-000001")]
        assert {client.get(page).status_code for page in pages} == {404}


def test_a_paper_is_served_as_it_was_kept_and_offered_on_the_parcels_page(client, parcel):
    sign_in(client, make_staff("logistics"))

    answer = client.get(papers_of(parcel)[0])

    assert (answer["Content-Type"], answer.content) == ("application/pdf", bytes(ParcelPaper.objects.get().pdf))
    assert answer["Content-Disposition"] == f'inline; filename="{parcel.reference}-label.pdf"'
    assert "no-store" in answer["Cache-Control"]
    page = client.get(english("consignment", parcel.reference)).content.decode()
    assert all(path in page for path in papers_of(parcel))


def test_what_has_no_paper_is_not_there(client, parcel):
    sign_in(client, make_staff("director"))
    off = make_parcel()
    warehouse.cancel_for_order(order_id=off.order_id, now=timezone.now())
    missing = [
        english("parcel-paper", parcel.reference, "invoice"),
        english("parcel-paper", "NONE", "label"),
        english("parcel-paper", off.reference, "label"),
        english("manifest", "NONE"),
    ]

    assert {client.get(page).status_code for page in missing} == {404}
    assert "parcel-paper" not in client.get(english("consignment", off.reference)).content.decode()


def test_ticked_parcels_go_and_their_manifest_is_offered(client, parcel, courier):
    left = move_to(make_parcel(), "PACKED")
    person = make_staff("logistics")
    sign_in(client, person)

    page = hand_over(client, courier, parcel).content.decode()

    manifest = Manifest.objects.get()
    assert (manifest.courier, manifest.made_by, manifest.language) == (courier, person, "en")
    assert english("manifest", manifest.number) in page
    assert f'value="{left.pk}"' in page
    assert f'value="{parcel.pk}"' not in page


def test_what_cannot_go_is_named_and_nothing_is_lost(client, parcel, courier):
    moved = make_parcel()
    sign_in(client, make_staff("logistics"))

    answer = hand_over(client, courier, parcel, moved)

    assert answer.status_code == 422
    assert moved.reference in answer.content.decode().split("Nothing was handed over", 1)[1][:200]
    assert f'value="{parcel.pk}" aria-label="{parcel.reference}" checked' in answer.content.decode()
    assert not Manifest.objects.exists()


@pytest.mark.parametrize("data", [{}, {"courier": "0"}, {"courier": "x", "parcel": ["-1", "١", "9" * 30, "a"]}])
def test_a_form_that_names_no_courier_or_no_parcel_hands_nothing_over(client, parcel, courier, data):
    sign_in(client, make_staff("logistics"))

    for form in (data, {"courier": courier.pk}):
        assert client.post(english("hand-over"), form).status_code == 422
    assert client.get(english("hand-over")).status_code == 405


def test_of_one_cooperatives_parcels_all_are_ticked(client, parcel):
    move_to(make_parcel(), "PACKED")
    sign_in(client, make_staff("logistics"))

    everything = client.get(english("manifests")).content.decode()
    one = client.get(english("manifests") + f"?origin={parcel.origin.code}").content.decode()

    assert (everything.count('name="parcel"'), everything.count("checked")) == (2, 0)
    assert (one.count('name="parcel"'), one.count("checked")) == (1, 1)


def test_the_page_asks_the_same_number_of_questions_for_one_parcel_and_for_three(
    client, courier, django_assert_max_num_queries
):
    sign_in(client, make_staff("logistics"))
    client.get(english("manifests"))  # what a process reads once is read
    asked = []
    for number in (1, 2):
        for _ in range(number):
            operations.hand_over(
                courier_id=courier.pk,
                consignment_ids=[move_to(make_parcel(), "PACKED").pk],
                language="fr",
                by=None,
                now=timezone.now(),
            )
            move_to(make_parcel(2), "PACKED")
        with django_assert_max_num_queries(20) as captured:
            client.get(english("manifests"))
        asked.append(len(captured))

    assert asked[0] == asked[1]
