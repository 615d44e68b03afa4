"""What the stand-in answers when it says no, in Stripe's own shape."""

from typing import Any

Answer = tuple[int, dict[str, Any]]


class Refused(Exception):
    """What Stripe would answer with an error object. ``kept``: saved under the key, as once execution began."""

    kept = True

    def __init__(self, status: int, type_: str, code: str, message: str, **more: Any) -> None:
        self.status = status
        self.body = {"error": {"type": type_, "code": code, "message": message, **more}}
        super().__init__(message)


class NotValid(Refused):
    """Refused before anything was done, so that nothing is saved under the key."""

    kept = False


def invalid(code: str, message: str, status: int = 400, **more: Any) -> Refused:
    """Return the refusal of a call that was read and makes no sense in the state things are in."""
    return Refused(status, "invalid_request_error", code, message, **more)


def not_valid(code: str, message: str, param: str = "", status: int = 400) -> NotValid:
    """Return the refusal of values that were never executed."""
    return NotValid(status, "invalid_request_error", code, message, **({"param": param} if param else {}))
