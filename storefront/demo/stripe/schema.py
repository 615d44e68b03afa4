"""Which parameters a call may carry: the pinned SDK's own types, read when they are first needed."""

import re
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import stripe.params
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from .refusals import NotValid, not_valid

NO_LONGER = {"payment_method_types": "payment_method_types_no_longer_supported"}
"""Named by older tutorials and by no type of the SDK: Stripe refuses it with a code of its own."""

_OPTIONS = frozenset(RequestOptions.__annotations__)
_UNKNOWN_TO_TYPING = {"StripeContext": object, "Mapping": Mapping}


def check(name: str, params: Mapping[str, Any]) -> None:
    """Raise what Stripe would answer when ``params`` are not what the SDK's type of this name holds."""
    for parameter, code in NO_LONGER.items():
        if parameter in params:
            raise not_valid(code, f"{parameter} is no longer supported.", parameter)
    _check_object(getattr(stripe.params, name), params, "")


@cache
def fields_of(kind: Any) -> dict[str, Any]:
    """Return what a type of the SDK holds, without the options of a request."""
    hints = typing.get_type_hints(kind, localns=_UNKNOWN_TO_TYPING)
    return {name: hint for name, hint in hints.items() if name not in _OPTIONS or RequestOptions not in _bases(kind)}


def _bases(kind: Any) -> tuple[Any, ...]:
    return types.get_original_bases(kind) if hasattr(types, "get_original_bases") else kind.__orig_bases__


def _check_object(kind: Any, given: Mapping[str, Any], where: str) -> None:
    known = fields_of(kind)
    for name, value in given.items():
        path = f"{where}[{name}]" if where else name
        if name not in known:
            raise not_valid("parameter_unknown", f"Received unknown parameter: {path}", path)
        _check_value(known[name], value, path)
    for name in sorted(kind.__required_keys__ - given.keys() - _OPTIONS):
        path = f"{where}[{name}]" if where else name
        raise not_valid("parameter_missing", f"Missing required param: {path}.", path)


def _check_value(hint: Any, value: Any, path: str) -> None:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _check_one_of(inner, value, path)
    if origin is list:
        if not isinstance(value, list):
            raise not_valid("parameter_invalid_array", f"Invalid array: {path}", path)
        for number, item in enumerate(value):
            _check_value(inner[0], item, f"{path}[{number}]")
        return None
    if origin is dict:
        if not isinstance(value, Mapping):
            raise not_valid("parameter_invalid_object", f"Invalid object: {path}", path)
        for name, item in value.items():
            _check_value(inner[1], item, f"{path}[{name}]")
        return None
    if hasattr(hint, "__required_keys__"):  # a TypedDict, of typing or of typing_extensions
        if not isinstance(value, Mapping):
            raise not_valid("parameter_invalid_object", f"Invalid object: {path}", path)
        return _check_object(hint, value, path)
    return _check_plain(hint, value, path)


def _check_one_of(hints: tuple[Any, ...], value: Any, path: str) -> None:
    """Take what fits one of several types; else say what is wrong where it looks deepest."""
    hints = tuple(hint for hint in hints if typing.get_origin(hint) is not UntypedStripeObject)  # a Dict stands beside
    named = [hint for hint in hints if typing.get_origin(hint) is typing.Literal]
    if any(typing.get_args(hint) != ("",) for hint in named):
        hints = tuple(hint for hint in hints if hint is not str)  # the SDK leaves its lists open, Stripe does not
    refusals: list[NotValid] = []
    for hint in hints:
        try:
            return _check_value(hint, value, path)
        except NotValid as refused:
            refusals.append(refused)
    raise max(refusals, key=lambda refused: len(refused.body["error"]["param"]))


def _check_plain(hint: Any, value: Any, path: str) -> None:
    if typing.get_origin(hint) is typing.Literal:
        if value not in typing.get_args(hint):
            raise not_valid("parameter_invalid", f"Invalid {path}: must be one of {typing.get_args(hint)}", path)
    elif isinstance(value, (list, Mapping)):
        raise not_valid("parameter_invalid_string", f"Invalid string: {path}", path)
    elif hint is int and not re.fullmatch(r"-?\d{1,18}", value):
        raise not_valid("parameter_invalid_integer", f"Invalid integer: {path}", path)
    elif hint is bool and value not in ("true", "false"):
        raise not_valid("parameter_invalid_boolean", f"Invalid boolean: {path}", path)


def unflatten(text: str) -> dict[str, Any]:
    """Read a form's body or a query: ``metadata[a]=x``, ``expand[0]=x``, ``types[]=x``, any depth."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=500):
        _put(found, name.replace("]", "").split("["), value)
    return {name: _listed(value) for name, value in found.items()}


def _put(into: dict[str, Any], path: list[str], value: str) -> None:
    first, rest = path[0], path[1:]
    if first == "":
        first = str(len(into))
    if not rest:
        into[first] = value
        return
    below = into.setdefault(first, {})
    if not isinstance(below, dict):
        raise not_valid("parameter_invalid", f"Invalid parameter: {first}", first)
    _put(below, rest, value)


def _listed(value: Any) -> Any:
    """Turn what is numbered from 0 into a list."""
    if not isinstance(value, dict):
        return value
    inside = {name: _listed(item) for name, item in value.items()}
    if inside and list(inside) == [str(number) for number in range(len(inside))]:
        return list(inside.values())
    return inside
