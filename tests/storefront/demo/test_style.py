import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_style_page_shows_both_directions_and_both_schemes(client):
    html = client.get(reverse("demo:style")).content.decode()

    for direction in ("rtl", "ltr"):
        for scheme in ("light", "dark"):
            assert f'dir="{direction}" data-scheme="{scheme}"' in html


def test_the_style_page_repeats_no_id(client):
    html = client.get(reverse("demo:style")).content.decode()
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]

    assert sorted(ids) == sorted(set(ids))
