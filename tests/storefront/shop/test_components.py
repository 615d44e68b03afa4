import re
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from fulfilment.orders.breakdown import Sold, break_down
from storefront.breakdown.tables import table_of


class Parcel(forms.Form):
    phone = forms.CharField(label="Phone", help_text="The courier calls it.")
    landmark = forms.CharField(label="Landmark", required=False)
    way = forms.ChoiceField(label="Way", choices=[("post", "Post"), ("shop", "Shop")], widget=forms.RadioSelect)


def rendered(name, **context):
    with override("en"):
        return render_to_string(f"components/{name}.html", context)


def test_a_field_ties_label_hint_and_error_to_its_input():
    html = rendered("field", field=Parcel({})["phone"])

    assert '<label class="field__label" for="id_phone">Phone</label>' in html
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'id="id_phone_helptext">The courier calls it.' in html
    assert 'id="id_phone_error"' in html
    assert 'aria-invalid="true"' in html


def test_an_optional_field_says_so():
    assert "(optional)" in rendered("field", field=Parcel()["landmark"])
    assert "(optional)" not in rendered("field", field=Parcel()["phone"])


def test_choices_are_a_group_with_a_name():
    html = rendered("field", field=Parcel()["way"])

    assert re.search(r"<fieldset.*?<legend[^>]*>Way</legend>", html, re.DOTALL)


def test_the_summary_leads_to_each_wrong_field():
    html = rendered("form_errors", form=Parcel({"way": "post"}))

    assert re.findall(r'href="(#[^"]+)"', html) == ["#id_phone"]


def test_nothing_is_summarised_when_nothing_is_wrong():
    assert rendered("form_errors", form=Parcel()).strip() == ""


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_a_breakdown_says_its_amounts_to_machines_the_same_in_every_language(language):
    unit = {"cooperative": Decimal("82.00"), "office": Decimal("1036.18"), "tax": Decimal("11.82")}

    with override(language):
        table = table_of(break_down([Sold("Atlas", 1, unit)], currency="MAD"))
        html = render_to_string("components/breakdown.html", {"table": table, "caption": "", "last": "Price"})

    assert '<table class="breakdown" data-breakdown>' in html
    assert re.findall(r'<data value="([^"]+)"', html) == ["82.00", "1036.18", "11.82", "1130.00"]


def test_pages_keep_the_rest_of_the_address():
    request = RequestFactory().get("/en/search/?q=honey&page=2")

    with override("en"):
        html = render_to_string("components/pagination.html", {"page_obj": Paginator(range(60), 20).page(2)}, request)

    assert set(re.findall(r'href="([^"]+)"', html)) == {"?q=honey&amp;page=1", "?q=honey&amp;page=3"}


def test_one_page_needs_no_pages():
    assert rendered("pagination", page_obj=Paginator(range(3), 20).page(1)).strip() == ""


def test_a_name_typed_by_someone_is_escaped_and_isolated_on_a_card():
    card = {"title": "<b>", "url": "/x", "family_code": "amlou", "cooperative_name": "<i>تعاونية</i>", "price": None}

    html = rendered("product_card", card=card)

    assert "<b>" not in html
    assert "<bdi>&lt;i&gt;تعاونية&lt;/i&gt;</bdi>" in html
