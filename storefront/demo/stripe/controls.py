"""What a demonstration may make happen, by ``POST /control/…`` with the secret key: nothing of this is Stripe's."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .delivery import Manner
from .refusals import Answer, invalid

if TYPE_CHECKING:
    from .server import StandIn

Params = Mapping[str, Any]


def control(server: "StandIn", name: str, params: Params) -> Answer:
    """Do what a control says."""
    if name not in CONTROLS:
        raise invalid("url_invalid", f"Unrecognized control: it is one of {', '.join(CONTROLS)}.", 404)
    return 200, CONTROLS[name](server, params)


def _faults(server: "StandIn", params: Params) -> dict[str, Any]:
    if params.get("clear"):
        server.faults.clear()
    elif params.get("kind"):
        server.faults.add(
            params["kind"],
            path=params.get("path", ""),
            method=params.get("method", ""),
            times=int(params.get("times", 1)),
            seconds=float(params.get("seconds", 0)),
        )
    return {"coming": [vars(fault) for fault in server.faults.coming]}


def _delivery(server: "StandIn", params: Params) -> dict[str, Any]:
    if server.deliverer is None:
        raise invalid("url_invalid", "Nothing is delivered: no webhook address was given at the start.", 404)
    server.deliverer.manner = Manner(
        delay=float(params.get("delay", 0)),
        copies=int(params.get("copies", 1)),
        shuffle=params.get("shuffle") == "true",
        drop=int(params.get("drop", 0)),
    )
    return vars(server.deliverer.manner)


def _dispute(server: "StandIn", params: Params) -> dict[str, Any]:
    return server.bank.open_dispute(
        params["charge"],
        params.get("reason", "fraudulent"),
        amount=int(params["amount"]) if params.get("amount") else None,
        warning=params.get("warning") == "true",
    )


CONTROLS: dict[str, Callable[["StandIn", Params], dict[str, Any]]] = {
    "faults": _faults,
    "delivery": _delivery,
    "disputes": _dispute,
    "disputes/escalate": lambda server, params: server.bank.escalate_dispute(params["id"]),
    "disputes/close": lambda server, params: server.bank.close_dispute(params["id"], won=params.get("won") == "true"),
    "refunds/fail": lambda server, params: server.bank.cancel_or_fail(params["id"]),
    "payouts": lambda server, params: server.bank.pay_out(params["currency"], fails=params.get("fails") == "true"),
}
