"""What the stand-in takes is what the pinned SDK's own types name, at any depth."""

import pytest
import stripe

from storefront.demo.stripe.refusals import NotValid
from storefront.demo.stripe.routes import ROUTES
from storefront.demo.stripe.schema import check, fields_of

CREATE = "PaymentIntentCreateParams"
GOOD = {"amount": "1250", "currency": "eur"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"automatic_payment_methods": {"enabled": "true", "allow_redirects": "never"}},
        {"metadata": {"any": "name"}},
        {"expand": ["latest_charge"]},
        {"capture_method": "manual"},
        {"shipping": {"name": "A", "address": {"line1": "B", "country": "MA"}}},
        {"payment_method_options": {"card": {"request_three_d_secure": "any"}}},
    ],
)
def test_what_the_types_name_is_taken(more):
    check(CREATE, GOOD | more)


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        (
            {"automatic_payment_methods": {"enabled": "true", "x": "1"}},
            "parameter_unknown",
            "automatic_payment_methods[x]",
        ),
        ({"shipping": {"name": "A", "address": {"town": "B"}}}, "parameter_unknown", "shipping[address][town]"),
        ({"shipping": {"address": {}}}, "parameter_missing", "shipping[name]"),
        ({"automatic_payment_methods": {}}, "parameter_missing", "automatic_payment_methods[enabled]"),
        ({"amount": "12.50"}, "parameter_invalid_integer", "amount"),
        ({"amount": ["1"]}, "parameter_invalid_string", "amount"),
        ({"confirm": "yes"}, "parameter_invalid_boolean", "confirm"),
        ({"capture_method": "later"}, "parameter_invalid", "capture_method"),
        ({"metadata": "x"}, "parameter_invalid_object", "metadata"),
        ({"expand": "latest_charge"}, "parameter_invalid_array", "expand"),
        ({"metadata": {"a": {"b": "c"}}}, "parameter_invalid_string", "metadata[a]"),
        ({"idempotency_key": "k"}, "parameter_unknown", "idempotency_key"),
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", "payment_method_types"),
    ],
)
def test_what_the_types_do_not_name_is_refused_by_name(params, code, param):
    with pytest.raises(NotValid) as refused:
        check(CREATE, GOOD | params)

    assert (refused.value.body["error"]["code"], refused.value.body["error"]["param"]) == (code, param)


@pytest.mark.parametrize("missing", ["amount", "currency"])
def test_what_is_required_is_missed(missing):
    params = {name: value for name, value in GOOD.items() if name != missing}

    with pytest.raises(NotValid, match=missing):
        check(CREATE, params)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.pattern.pattern}")
def test_every_route_has_a_type_of_the_sdk(route):
    assert isinstance(fields_of(getattr(stripe.params, route.type_name)), dict)
