"""Every change of state leaves an event, as at Stripe; and the lists in which things are read."""

import copy
import time
from collections.abc import Callable, Mapping
from typing import Any

import stripe

from .refusals import invalid
from .store import Store, new_id

LIMIT = 100
Told = Callable[[dict[str, Any]], None]


class Events(Store):
    """``on_event`` is called with each new event: where the deliverer listens."""

    on_event: Told | None = None

    def tell(self, kind: str, about: Mapping[str, Any]) -> dict[str, Any]:
        """Write an event with the object as it is now."""
        event: dict[str, Any] = {
            "id": new_id("evt_"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": int(time.time()),
            "data": {"object": copy.deepcopy(dict(about))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.events[event["id"]] = event
        if self.on_event:
            self.on_event(event)
        return event

    def list_events(self, params: Mapping[str, Any]) -> dict[str, Any]:
        types = params.get("types") or ([params["type"]] if params.get("type") else [])
        found = [event for event in self.events.values() if not types or event["type"] in types]
        return listed(found, params, "/v1/events")

    def list_of(self, kind: str, params: Mapping[str, Any], *equal: str) -> dict[str, Any]:
        """List one kind of object, those alone whose fields are as the parameters of these names say."""
        wanted = {name: params[name] for name in equal if name in params}
        rows: dict[str, dict[str, Any]] = getattr(self, kind)
        found = [row for row in rows.values() if all(row.get(name) == value for name, value in wanted.items())]
        return listed(found, params, f"/v1/{kind}")


def listed(rows: list[dict[str, Any]], params: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Give one page, the newest first, as Stripe's lists are."""
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= LIMIT:
        raise invalid("parameter_invalid_integer", f"Invalid limit: must be from 1 to {LIMIT}.")
    found = [row for row in reversed(rows) if _within(row["created"], params.get("created"))]
    ids = [row["id"] for row in found]
    if after := params.get("starting_after"):
        found = found[_place(ids, after) + 1 :]
    elif before := params.get("ending_before"):
        found = found[: _place(ids, before)][-limit:]
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": copy.deepcopy(found[:limit])}


def _place(ids: list[str], object_id: str) -> int:
    if object_id not in ids:
        raise invalid("resource_missing", f"No such object: '{object_id}'", 404)
    return ids.index(object_id)


def _within(created: int, bounds: Any) -> bool:
    if bounds is None:
        return True
    if not isinstance(bounds, Mapping):
        return created == int(bounds)
    tests = {
        "gt": created.__gt__,
        "gte": created.__ge__,
        "lt": created.__lt__,
        "lte": created.__le__,
    }
    return all(tests[name](int(value)) for name, value in bounds.items())
